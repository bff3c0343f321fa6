import type { Logger } from "../../log.ts";
import { Deadline } from "./deadline.ts";
import { isStaleConnection, isTimeout, reasonOf } from "./failure.ts";
import type { Upstream } from "./upstream.ts";
import type { Upstreams } from "./upstreams.ts";

/** The upstreams that one request is sent to, one after the other, until one answers. */
export class Tries {
  readonly #upstreams: Upstreams;
  readonly #log: Logger;
  readonly #client: string;
  readonly #deadline: Deadline;
  readonly #tried = new Set<Upstream>();
  #wasStale = false;
  /** What the last one failed with. */
  failure: unknown;

  /** `timeout` in milliseconds for all of them together; 0 for any time. */
  constructor(upstreams: Upstreams, log: Logger, client: string, timeout: number) {
    this.#upstreams = upstreams;
    this.#log = log;
    this.#client = client;
    this.#deadline = new Deadline(timeout);
  }

  /** Milliseconds left; 0 for any number. */
  get timeLeft(): number {
    return this.#deadline.left;
  }

  /** The next one; undefined when there is none, or no time. */
  next(): Upstream | undefined {
    const isLate = this.failure !== undefined && this.#deadline.isOver;
    return isLate ? undefined : this.#upstreams.pick(this.#client, this.#tried);
  }

  /** Tells whether to go on. `wasSent`: the upstream may have seen some of it. */
  failed(upstream: Upstream, failure: unknown, wasSent: boolean, isRepeatable: boolean): boolean {
    upstream.failed();
    this.failure = failure;
    const told = { upstream: upstream.key, reason: reasonOf(failure) };
    if (!wasSent && upstream.health.unreachable()) this.#log.warn(told, "the upstream cannot be reached");
    else this.#log.debug(told, "the upstream did not answer");
    if (wasSent && (!isRepeatable || isTimeout(failure))) return false;
    if (wasSent && !this.#wasStale && isStaleConnection(failure)) this.#wasStale = true;
    else this.#tried.add(upstream);
    return true;
  }
}
