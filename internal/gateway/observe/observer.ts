import { startTimer } from "../../../protocol/timers.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { Features } from "../features.ts";
import type { AccessLog } from "./access-log.ts";
import { Metrics } from "./metrics.ts";

/** Status recorded if the client disconnects before it is answered. As in nginx. */
const CLIENT_GONE = 499;

/** Observes the start and end of every request: counts them, logs them, and can wait until none is in flight. */
export class Observer {
  readonly metrics: Metrics = new Metrics();
  readonly #quality: Features["quality"];
  readonly #accessLog: AccessLog | undefined;
  readonly #onAnswered: () => void;
  #inFlight = 0;
  #onIdle: (() => void) | undefined;

  /** `onAnswered` is called at the end of each request. */
  constructor(quality: Features["quality"], accessLog: AccessLog | undefined, onAnswered: () => void) {
    this.#quality = quality;
    this.#accessLog = accessLog;
    this.#onAnswered = onAnswered;
  }

  /** Requests that are not yet answered. */
  get inFlight(): number {
    return this.#inFlight;
  }

  began(exchange: Exchange): void {
    this.#inFlight++;
    exchange.onEnd(() => this.#ended(exchange));
  }

  /** Resolves when no request is in flight, or after `milliseconds`. */
  async idle(milliseconds: number): Promise<void> {
    if (this.#inFlight === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onIdle = resolve;
    const overdue = startTimer(resolve, milliseconds);
    await promise;
    clearTimeout(overdue);
  }

  #ended(exchange: Exchange): void {
    this.#inFlight--;
    const { route, method, bytes, startedAt } = exchange;
    const status = exchange.status || CLIENT_GONE;
    const milliseconds = performance.now() - startedAt;
    this.metrics.record(route, method, status, milliseconds / 1000);
    this.#quality?.observe(milliseconds, bytes);
    this.#accessLog?.(exchange, status, bytes);
    if (this.#inFlight === 0) this.#onIdle?.();
    this.#onAnswered();
  }
}
