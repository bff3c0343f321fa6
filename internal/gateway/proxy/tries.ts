import type { Readable } from "node:stream";
import type { Answer } from "../exchange/answer.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { requestForLog } from "../exchange/request-for-log.ts";
import { awaitUpstream } from "./await-upstream.ts";
import { Deadline } from "./deadline.ts";
import type { ProxyDeps } from "./deps.ts";
import { failureAnswer, isTimeout, reasonOf } from "./failure.ts";
import { mayHaveEnded } from "./may-have-ended.ts";
import type { Upstream } from "./upstream.ts";

type Changing = NonNullable<ProxyDeps["changing"]>;

/** A failed attempt. */
interface Failed {
  /** The upstream may have received a part of the request. */
  readonly wasSent: boolean;
  /** The upstream may have closed an idle connection just as it was reused. A new connection may succeed. */
  readonly isStale: boolean;
  readonly isRepeatable: boolean;
}

/** Selects the upstreams to which one request is sent, one after the other, until one answers. */
export class Tries {
  readonly #deps: ProxyDeps;
  readonly #exchange: Exchange;
  readonly #deadline: Deadline;
  readonly #tried = new Set<Upstream>();
  /** Those that may have received the request before they failed. */
  readonly #received: Upstream[] = [];
  #wasStale = false;
  #last: { readonly upstream: Upstream; readonly failure: unknown } | undefined;

  constructor(deps: ProxyDeps, exchange: Exchange) {
    this.#deps = deps;
    this.#exchange = exchange;
    this.#deadline = new Deadline(deps.timeout);
  }

  /** Milliseconds left for all attempts together; 0 for no timeout. */
  get timeLeft(): number {
    return this.#deadline.left;
  }

  /** The next upstream; undefined if there is none, or no time left. Waits for one where upstreams come and go. */
  next(): Upstream | undefined | Promise<Upstream | undefined> {
    const { changing, upstreams } = this.#deps;
    if (this.#last !== undefined && this.#deadline.isOver) return undefined;
    if (changing !== undefined && this.#received.length > 1) return this.#nextAfterLosses(changing);
    const upstream = upstreams.pick(this.#exchange.client, this.#tried);
    return upstream ?? (changing && this.#arrival(changing));
  }

  #arrival({ waitLimit }: Changing): Promise<Upstream | undefined> {
    return awaitUpstream(this.#deps.upstreams, { exchange: this.#exchange, tried: this.#tried, waitLimit });
  }

  async #nextAfterLosses(changing: Changing): Promise<Upstream | undefined> {
    if (this.#received.length > changing.retryMax || (await mayHaveEnded(this.#received))) return undefined;
    return this.#arrival(changing);
  }

  /** Records a failure. Returns whether another attempt may be made. */
  failed(upstream: Upstream, failure: unknown, { wasSent, isStale, isRepeatable }: Failed): boolean {
    upstream.failed();
    this.#last = { upstream, failure };
    const fields = { upstream: upstream.key, reason: reasonOf(failure) };
    if (!wasSent && upstream.health.unreachable()) this.#deps.log.warn(fields, "the upstream cannot be reached");
    else this.#deps.log.debug(fields, "the upstream did not answer");
    if (wasSent && (!isRepeatable || isTimeout(failure))) return false;
    if (wasSent) this.#received.push(upstream);
    if (wasSent && !this.#wasStale && isStale) this.#wasStale = true;
    else this.#tried.add(upstream);
    return true;
  }

  /** The answer when no upstream has answered. The reason is logged unless the client has disconnected. */
  giveUp(): Answer {
    const answer = failureAnswer(this.#last?.failure);
    if (!this.#exchange.ended) this.#log(answer.status);
    return answer;
  }

  /** Logs if the answer breaks off after its head was sent to the client, so that it cannot be replaced. */
  watch({ key }: Upstream, body: Readable): void {
    body.once("error", (error) => {
      if (this.#exchange.ended) return;
      const reason = reasonOf(error);
      const fields = { upstream: key, reason, ...requestForLog(this.#exchange) };
      this.#deps.warnings.warn(`broken ${key} ${reason}`, fields, "an upstream's answer broke off");
    });
  }

  #log(status: number): void {
    const upstream = this.#last?.upstream.key;
    const reason = this.#last === undefined ? "none is healthy" : reasonOf(this.#last.failure);
    this.#deps.warnings.warn(
      `${upstream} ${reason}`,
      { status, upstream, reason, ...requestForLog(this.#exchange) },
      `a request was answered with ${status}: no upstream answered it`,
    );
  }
}
