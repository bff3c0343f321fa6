import { startTimer } from "../../../protocol/timers.ts";
import type { Logger } from "../../base/log.ts";
import type { WorkerPool } from "../../workers/worker-pool.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { Features } from "../features.ts";
import type { GatewayOptions } from "../options.ts";
import { type AccessLog, createAccessLog } from "./access-log.ts";
import { Metrics } from "./metrics.ts";
import { type ConcurrencyLimits, createStatusPages, type StatusPages } from "./status-pages.ts";

/** What is known of the workers beyond their connections. */
export interface WorkerFigures {
  /** How many there are to be; 0 where others start them. */
  readonly wanted: number;
  readonly restarts: number;
  /** How many are in each state, of those that are supervised. */
  readonly states: Readonly<Partial<Record<string, number>>>;
  /** Resident bytes, of those that are known. */
  readonly memory: readonly { readonly id: string; readonly memory?: number | undefined }[];
}

export interface ObserverHome {
  readonly options: GatewayOptions;
  readonly features: Features;
  readonly pool: WorkerPool;
  readonly log: Logger;
  readonly workers: () => WorkerFigures;
}

/** What a client that has gone before its answer is counted as: nginx's number for it. */
const CLIENT_GONE = 499;

/** Sees every request begin and end: what is counted of them, told of them, and waited for. */
export class Observer {
  /** The gateway's own pages. */
  readonly page: StatusPages;
  readonly #metrics = new Metrics();
  readonly #quality: Features["quality"];
  readonly #accessLog: AccessLog | undefined;
  #inFlight = 0;
  #onIdle: (() => void) | undefined;

  constructor({ options, features, pool, log, workers }: ObserverHome) {
    this.#quality = features.quality;
    this.#accessLog = options.accessLog ? createAccessLog(log) : undefined;
    this.page = createStatusPages({
      metrics: this.#metrics,
      inFlight: () => this.#inFlight,
      queued: () => pool.waiting + (features.concurrency?.waiting ?? 0),
      limits: limitsOf(options),
      workersWanted: () => workers().wanted,
      workersReady: () => pool.ready,
      workerRestarts: () => workers().restarts,
      workerStates: () => workers().states,
      workerMemory: () => workers().memory,
    });
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
    this.#metrics.record(route, method, status, milliseconds / 1000);
    this.#quality?.observe(milliseconds, bytes);
    this.#accessLog?.(exchange, status, bytes);
    if (this.#inFlight === 0) this.#onIdle?.();
  }
}

function limitsOf({ concurrency, queueTimeout }: GatewayOptions): ConcurrencyLimits {
  return {
    maxConcurrentRequests: concurrency?.max ?? 0,
    maxPerIp: concurrency?.maxPerClient ?? 0,
    maxQueueSize: concurrency?.maxQueue ?? 0,
    queueTimeout: concurrency?.queueTimeout || queueTimeout,
  };
}
