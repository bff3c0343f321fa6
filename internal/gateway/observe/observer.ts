import { startTimer } from "../../../protocol/timers.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { Features } from "../features.ts";
import type { AccessLog } from "./access-log.ts";
import { Metrics } from "./metrics.ts";

/** What a client that has gone before its answer is counted as: nginx's number for it. */
const CLIENT_GONE = 499;

/** Sees every request begin and end: counts them, logs them, and waits for them. */
export class Observer {
  readonly metrics: Metrics = new Metrics();
  readonly #quality: Features["quality"];
  readonly #accessLog: AccessLog | undefined;
  #inFlight = 0;
  #onIdle: (() => void) | undefined;

  constructor(quality: Features["quality"], accessLog: AccessLog | undefined) {
    this.#quality = quality;
    this.#accessLog = accessLog;
  }

  /** Requests that are not answered yet. */
  get inFlight(): number {
    return this.#inFlight;
  }

  began(exchange: Exchange): void {
    this.#inFlight++;
    exchange.onEnd(() => this.#ended(exchange));
  }

  /** Resolves when no request is under way, or after so many milliseconds. */
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
  }
}
