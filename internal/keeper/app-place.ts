import type { Supervisor } from "../cluster/supervisor.ts";
import { type AppSpec, hasPort, isBehindGateway, type PortFront } from "./app-spec.ts";
import type { AppFront } from "./front/app-front.ts";
import type { FrontGateways } from "./front/front-gateways.ts";
import { isSameFront, type Port } from "./port.ts";

/**
 * Where the clones of one description are reached: their listening socket, and their place behind the gateway. With the
 * front `auto`, both are found out while they run.
 */
export class AppPlace {
  port: Port | undefined;
  front: AppFront | undefined;
  #supervisor: Supervisor | undefined;
  /** What clones still have that were started before the app asked for another port. */
  readonly #former = new Set<Former>();

  /** The place of an app. @param old - the clones that it replaces: their place is used again if it has the same socket */
  static of(
    spec: AppSpec,
    port: Port | undefined,
    fronts: FrontGateways,
    old?: { readonly spec: AppSpec; readonly place: AppPlace },
  ): AppPlace {
    const place = new AppPlace();
    const { kind } = spec.front;
    if (kind === "auto") {
      // Until the app asks for another one, it has the place of the clones that it replaces.
      place.port = old?.place.port;
      place.front = old && framesFront(old, fronts);
    } else if (port !== undefined) {
      place.port = port;
      if (!isBehindGateway(spec.front)) return place;
      const known = old?.place.port === port ? old.place.front : undefined;
      const isSame = known?.options.isProxied === (kind === "proxy");
      place.front = isSame ? known : openFront(spec, port, fronts);
    }
    return place;
  }

  get descriptors(): readonly number[] {
    return this.port === undefined ? [] : [this.port.descriptor];
  }

  /** Whether clones can take their requests from the gateway here, with this address. */
  hasFrames(front: PortFront): boolean {
    if (this.front === undefined || this.front.options.isProxied) return false;
    return isSameFront({ ...this.front.options.listening, kind: "frames" }, front);
  }

  /** Clones have these from now on. @param isShared - another place has what this one had */
  move(port: Port, front: AppFront, isShared: boolean): void {
    if (isShared) this.detach();
    else if (this.port !== undefined && this.front !== undefined) {
      const former = { port: this.port, front: this.front };
      this.#former.add(former);
      former.front.whenUnused(() => this.#closeFormer(former));
    }
    this.port = port;
    this.front = front;
    if (this.#supervisor !== undefined) front.attach(this.#supervisor);
  }

  attach(supervisor: Supervisor): void {
    this.#supervisor = supervisor;
    this.front?.attach(supervisor);
  }

  detach(): void {
    if (this.#supervisor !== undefined) this.front?.detach(this.#supervisor);
  }

  /** Closes what another place does not have. */
  close(other?: AppPlace): void {
    for (const former of this.#former) this.#closeFormer(former);
    if (this.front !== other?.front) this.front?.close();
    if (this.port !== other?.port) this.port?.close();
  }

  #closeFormer(former: Former): void {
    if (!this.#former.delete(former)) return;
    former.front.close();
    former.port.close();
  }
}

/** What the next clones have until they ask for a port: the place of the old ones, or one on the same socket. */
function framesFront(
  { spec, place: { port, front } }: { readonly spec: AppSpec; readonly place: AppPlace },
  fronts: FrontGateways,
): AppFront | undefined {
  if (front?.options.isProxied === false || port === undefined || !hasPort(spec.front)) return front;
  return openFront({ ...spec, front: { ...spec.front, kind: "frames" } }, port, fronts);
}

/** A listening socket, and the place behind the gateway that belongs to it. */
interface Former {
  readonly port: Port;
  readonly front: AppFront;
}

/** @throws TypeError for a front without a port */
export function openFront({ name, front, drainTimeout }: AppSpec, port: Port, fronts: FrontGateways): AppFront {
  if (!isBehindGateway(front)) throw new TypeError(`the front ${front.kind} has no place behind the gateway`);
  const isProxied = front.kind === "proxy";
  return fronts.open({ app: name, host: front.host, port: front.port, drainTimeout, isProxied }, port);
}
