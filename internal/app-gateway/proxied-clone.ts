import { startTimer } from "../../protocol/timers.ts";
import type { CloneListens } from "../../protocol/wire/app-gateway.ts";
import type { Logger } from "../base/log.ts";
import { warmUp } from "../gateway/dispatch/warm-up.ts";
import type { Upstream } from "../gateway/proxy/upstream.ts";
import type { Upstreams } from "../gateway/proxy/upstreams.ts";
import { RouteTable } from "../gateway/routes/route-table.ts";
import { isRunning, type ProcessIdentity } from "../processes/identity.ts";
import { proxiedStandby } from "./proxied-standby.ts";
import type { RemoteWorker } from "./remote-supervisor.ts";

/** Milliseconds until a process has ended whose connections are closed. */
const LOOK_AGAIN = 20;

/** They are only known of workers. */
const NO_ROUTES = new RouteTable();

/** A clone that listens on a port of its own. For its supervisor, it is a worker. */
export class ProxiedClone implements RemoteWorker {
  readonly id: string;
  readonly key: string;
  readonly pid: number;
  readonly listens = undefined;
  readonly isLeaving = false;
  readonly endedByRequest = false;
  readonly #process: ProcessIdentity;
  readonly #upstreams: Upstreams;
  readonly #upstream: Upstream;
  readonly #onClose: (() => void)[] = [];
  readonly #log: Logger;
  #isWaiting = false;
  #inFlight: number | undefined;
  #look: NodeJS.Timeout | undefined;

  /** @throws INVALID_PARAMS for an invalid URL */
  constructor({ id, key, pid, start, url }: CloneListens, upstreams: Upstreams, log: Logger) {
    this.#log = log;
    this.id = id;
    this.key = key;
    this.pid = pid;
    this.#process = { pid, start };
    this.#upstreams = upstreams;
    this.#upstream = upstreams.create(url);
    this.#upstream.onFailed = () => this.#closeIfEnded();
  }

  /** Number of open requests; after its end, the number at that time. */
  get inFlight(): number {
    return this.#inFlight ?? this.#upstream.active;
  }

  /** Which they are is not known. */
  requestsInFlight(): readonly never[] {
    return [];
  }

  /** Why it was lost. */
  set whyLost(whyLost: Upstream["whyLost"]) {
    this.#upstream.whyLost = whyLost;
  }

  setActive(active: boolean): void {
    this.#isWaiting = false;
    if (active && this.#inFlight === undefined) this.#upstreams.add(this.#upstream);
    else this.#upstreams.remove(this.#upstream);
  }

  warmUp(paths: readonly string[] = []): void {
    this.#isWaiting = true;
    const standby = proxiedStandby(this.id, this.#upstream, () => this.#isWaiting);
    void warmUp(standby, { paths, routes: NO_ROUTES, log: this.#log });
  }

  async drain(): Promise<void> {
    this.setActive(false);
    await this.#upstream.idle();
  }

  /** Another gateway is told of it by the keeper. */
  joinAgain(): void {}

  /** Ends its requests. */
  close(): void {
    if (this.#inFlight !== undefined) return;
    clearTimeout(this.#look);
    this.#inFlight = this.#upstream.active;
    this.setActive(false);
    for (const listener of this.#onClose.splice(0)) listener();
    void this.#upstream.close();
  }

  onClose(listener: () => void): void {
    this.#onClose.push(listener);
  }

  /** So its end is noticed without a keeper, too. */
  #closeIfEnded(): void {
    if (!isRunning(this.#process)) this.close();
    else this.#look ??= startTimer(() => this.#lookAgain(), LOOK_AGAIN);
  }

  #lookAgain(): void {
    this.#look = undefined;
    if (!isRunning(this.#process)) this.close();
  }
}
