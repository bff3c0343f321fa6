import type { WorkerPool } from "../../workers/worker-pool.ts";
import type { Features } from "../features.ts";
import type { GatewayOptions } from "../options.ts";
import type { Metrics } from "./metrics.ts";
import type { Observer } from "./observer.ts";

/** Where the figures of the pages come from; each is asked when its page is. */
export interface StatusSources {
  readonly metrics: Metrics;
  /** Requests that are not answered yet, and how many of them wait for their turn or for a worker. */
  inFlight(): number;
  queued(): number;
  readonly limits: ConcurrencyLimits;
  /** Workers that are to be there: 0 where there need be none. */
  workersWanted(): number;
  workersReady(): number;
  workerRestarts(): number;
  /** How many are in each state; none where others start them. */
  workerStates(): Readonly<Partial<Record<string, number>>>;
  /** Resident bytes, of those that are known. */
  workerMemory(): readonly { readonly id: string; readonly memory?: number | undefined }[];
}

/** Limits of requests at once, as the flags of the same names have them: 0 for any number. */
export interface ConcurrencyLimits {
  readonly maxConcurrentRequests: number;
  readonly maxPerIp: number;
  readonly maxQueueSize: number;
  /** Milliseconds that a request waits for its turn or for a worker. */
  readonly queueTimeout: number;
}

/** What is known of the workers beyond their connections. */
export interface WorkerFigures {
  /** How many there should be; 0 where others start them. */
  readonly wanted: number;
  readonly restarts: number;
  /** How many are in each state, of those that are supervised. */
  readonly states: Readonly<Partial<Record<string, number>>>;
  /** Resident bytes, of those that are known. */
  readonly memory: readonly { readonly id: string; readonly memory?: number | undefined }[];
}

export interface StatusDeps {
  readonly options: GatewayOptions;
  readonly features: Features;
  readonly pool: WorkerPool;
  readonly observer: Observer;
  readonly workers: () => WorkerFigures;
}

export function statusSources({ options, features, pool, observer, workers }: StatusDeps): StatusSources {
  return {
    metrics: observer.metrics,
    inFlight: () => observer.inFlight,
    queued: () => pool.waiting + (features.concurrency?.waiting ?? 0),
    limits: limitsOf(options),
    workersWanted: () => workers().wanted,
    workersReady: () => pool.ready,
    workerRestarts: () => workers().restarts,
    workerStates: () => workers().states,
    workerMemory: () => workers().memory,
  };
}

function limitsOf({ concurrency, queueTimeout }: GatewayOptions): ConcurrencyLimits {
  return {
    maxConcurrentRequests: concurrency?.max ?? 0,
    maxPerIp: concurrency?.maxPerClient ?? 0,
    maxQueueSize: concurrency?.maxQueue ?? 0,
    queueTimeout: concurrency?.queueTimeout || queueTimeout,
  };
}
