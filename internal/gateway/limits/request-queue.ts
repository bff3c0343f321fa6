import { startTimer } from "../../../protocol/timers.ts";
import { type Answer, errorAnswer, type GatedRequest } from "../exchange/answer.ts";
import type { ConcurrencyOptions } from "../options.ts";

interface Waiter {
  hasTurn: boolean;
  readonly timer: NodeJS.Timeout;
  /** Resolves with undefined to run the request, or with the answer that refuses it. */
  readonly resolve: (refusal: Answer | undefined) => void;
}

/** Default waiting time in milliseconds, as in XyPriss's engine. */
const DEFAULT_TIMEOUT = 30_000;

const FULL = errorAnswer(503, "The server is busy: too many requests are waiting");
const WAITED = errorAnswer(503, "The server is busy: the request has waited too long");
const GONE = errorAnswer(499, "The client disconnected");

/**
 * Runs up to `max` requests concurrently; others wait in order of arrival. A request leaves when its client
 * disconnects.
 */
export class RequestQueue {
  readonly #max: number;
  readonly #maxQueue: number;
  readonly #timeout: number;
  readonly #waiters = new Set<Waiter>(); // in order of arrival; removal takes constant time
  #running = 0;

  constructor({ max, maxQueue, queueTimeout }: ConcurrencyOptions) {
    this.#max = max;
    this.#maxQueue = maxQueue;
    this.#timeout = queueTimeout || DEFAULT_TIMEOUT;
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  enter(exchange: GatedRequest): Answer | undefined | Promise<Answer | undefined> {
    if (this.#max === 0) return undefined;
    if (this.#running < this.#max) {
      this.#running++;
      exchange.onEnd(() => this.#release());
      return undefined;
    }
    if (this.#maxQueue > 0 && this.#waiters.size >= this.#maxQueue) return FULL;
    return this.#wait(exchange);
  }

  #wait(exchange: GatedRequest): Promise<Answer | undefined> {
    const { promise, resolve } = Promise.withResolvers<Answer | undefined>();
    const timer = startTimer(() => this.#refuse(waiter, WAITED), this.#timeout);
    const waiter: Waiter = { hasTurn: false, timer, resolve };
    this.#waiters.add(waiter);
    exchange.onEnd(() => {
      if (waiter.hasTurn) this.#release();
      else this.#refuse(waiter, GONE);
    });
    return promise;
  }

  /** Passes the slot to the next waiting request, if there is one. */
  #release(): void {
    const [next] = this.#waiters;
    if (next === undefined) {
      this.#running--;
      return;
    }
    next.hasTurn = true;
    this.#leave(next);
    next.resolve(undefined);
  }

  #refuse(waiter: Waiter, answer: Answer): void {
    this.#leave(waiter);
    waiter.resolve(answer); // no effect if it was refused before
  }

  #leave(waiter: Waiter): void {
    this.#waiters.delete(waiter);
    clearTimeout(waiter.timer);
  }
}
