import type { Supervisor } from "../cluster/supervisor.ts";
import type { AppSpec } from "./app-spec.ts";
import type { AppFront } from "./front/app-front.ts";
import type { FrontGateways } from "./front/front-gateways.ts";
import type { Port } from "./port.ts";

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

  /** The place of an app whose front is known. @param old - is used again if it has the same socket */
  static of(spec: AppSpec, port: Port | undefined, fronts: FrontGateways, old?: AppPlace): AppPlace {
    const place = new AppPlace();
    const { kind } = spec.front;
    if (kind === "auto") {
      // Until the app asks for another one, it has the place of the clones that it replaces.
      place.port = old?.port;
      place.front = old?.front;
    } else if (port !== undefined) {
      place.port = port;
      if (kind === "frames") place.front = old?.port === port && old.front ? old.front : openFront(spec, port, fronts);
    }
    return place;
  }

  get descriptors(): readonly number[] {
    return this.port === undefined ? [] : [this.port.descriptor];
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

/** A listening socket, and the place behind the gateway that belongs to it. */
interface Former {
  readonly port: Port;
  readonly front: AppFront;
}

/** @throws TypeError for a front without a port */
export function openFront({ name, front, drainTimeout }: AppSpec, port: Port, fronts: FrontGateways): AppFront {
  if (front.kind !== "frames") throw new TypeError(`the front ${front.kind} has no place behind the gateway`);
  return fronts.open({ app: name, host: front.host, port: front.port, drainTimeout }, port);
}
