import type { Readable } from "node:stream";
import type { Answer } from "../exchange/answer.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { toldRequest } from "../exchange/request-for-log.ts";
import { Deadline } from "./deadline.ts";
import type { ProxyDeps } from "./deps.ts";
import { failureAnswer, isTimeout, reasonOf } from "./failure.ts";
import type { Upstream } from "./upstream.ts";

/** What is known of a try that failed. */
interface Failed {
  /** The upstream may have seen some of the request. */
  readonly wasSent: boolean;
  /** It had closed a connection that was idle, which says nothing about the next one. */
  readonly isStale: boolean;
  readonly isRepeatable: boolean;
}

/** The upstreams that one request is sent to, one after the other, until one answers. */
export class Tries {
  readonly #deps: ProxyDeps;
  readonly #exchange: Exchange;
  readonly #deadline: Deadline;
  readonly #tried = new Set<Upstream>();
  #wasStale = false;
  #last: { readonly upstream: Upstream; readonly failure: unknown } | undefined;

  constructor(deps: ProxyDeps, exchange: Exchange) {
    this.#deps = deps;
    this.#exchange = exchange;
    this.#deadline = new Deadline(deps.timeout);
  }

  /** Milliseconds left for all of them together; 0 for any number. */
  get timeLeft(): number {
    return this.#deadline.left;
  }

  /** The next one; undefined when there is none, or no time. */
  next(): Upstream | undefined {
    const isLate = this.#last !== undefined && this.#deadline.isOver;
    return isLate ? undefined : this.#deps.upstreams.pick(this.#exchange.client, this.#tried);
  }

  /** Tells whether to go on. */
  failed(upstream: Upstream, failure: unknown, { wasSent, isStale, isRepeatable }: Failed): boolean {
    upstream.failed();
    this.#last = { upstream, failure };
    const told = { upstream: upstream.key, reason: reasonOf(failure) };
    if (!wasSent && upstream.health.unreachable()) this.#deps.log.warn(told, "the upstream cannot be reached");
    else this.#deps.log.debug(told, "the upstream did not answer");
    if (wasSent && (!isRepeatable || isTimeout(failure))) return false;
    if (wasSent && !this.#wasStale && isStale) this.#wasStale = true;
    else this.#tried.add(upstream);
    return true;
  }

  /** The answer when none has answered, whose reason is told in the log unless nobody waits for it. */
  giveUp(): Answer {
    const answer = failureAnswer(this.#last?.failure);
    if (!this.#exchange.ended) this.#tell(answer.status);
    return answer;
  }

  /** Tells when an answer whose head was passed on breaks off: its client gets no other. */
  watch({ key }: Upstream, body: Readable): void {
    body.once("error", (error) => {
      if (this.#exchange.ended) return;
      const reason = reasonOf(error);
      const told = { upstream: key, reason, ...toldRequest(this.#exchange) };
      this.#deps.warnings.warn(`broken ${key} ${reason}`, told, "an upstream's answer broke off");
    });
  }

  #tell(status: number): void {
    const upstream = this.#last?.upstream.key;
    const reason = this.#last === undefined ? "none is healthy" : reasonOf(this.#last.failure);
    this.#deps.warnings.warn(
      `${upstream} ${reason}`,
      { status, upstream, reason, ...toldRequest(this.#exchange) },
      `a request was answered with ${status}: no upstream answered it`,
    );
  }
}
