import type { WorkerPool } from "../../workers/worker-pool.ts";
import type { Features } from "../features.ts";
import type { GatewayOptions } from "../options.ts";
import type { Metrics } from "./metrics.ts";
import type { Observer } from "./observer.ts";

/** The values shown on the status pages, read when a page is requested. */
export interface StatusSources {
  readonly metrics: CountedRequests;
  /** Requests that are not yet answered, and how many of them wait in the queue or for a worker. */
  inFlight(): number;
  queued(): number;
  readonly limits: ConcurrencyLimits;
  /** Number of workers that should run; 0 if none is needed. */
  workersWanted(): number;
  workersReady(): number;
  workerRestarts(): number;
  /** Number of workers in each state; empty if the service does not supervise them. */
  workerStates(): Readonly<Partial<Record<string, number>>>;
  /** Resident memory in bytes, if known. */
  workerMemory(): readonly { readonly id: string; readonly memory?: number | undefined }[];
  /** The gateway processes; absent if the service is the gateway. */
  gateways?(): GatewaysFigures;
}

/** The counts of answered requests: of one gateway (`Metrics`), or of several together. */
export type CountedRequests = Pick<Metrics, "total" | "failed" | "series">;

export interface GatewaysFigures {
  readonly wanted: number;
  readonly ready: number;
  readonly restarts: number;
  readonly processes: readonly GatewayFigure[];
}

export interface GatewayFigure {
  readonly id: string;
  readonly state: string;
  readonly pid?: number;
  /** Open connections of clients, and requests that are not yet answered. */
  readonly connections: number;
  readonly in_flight: number;
  /** Resident memory in bytes, and percent of one processor. */
  readonly memory?: number;
  readonly cpu?: number;
}

/** Limits of concurrent requests, as set by the flags of the same names; 0 for no limit. */
export interface ConcurrencyLimits {
  readonly maxConcurrentRequests: number;
  readonly maxPerIp: number;
  readonly maxQueueSize: number;
  /** Milliseconds that a request may wait in the queue or for a worker. */
  readonly queueTimeout: number;
}

/** Data about the workers that the pool does not have. */
export interface WorkerFigures {
  /** How many should run; 0 if the service does not supervise them. */
  readonly wanted: number;
  readonly restarts: number;
  /** Number of supervised workers in each state. */
  readonly states: Readonly<Partial<Record<string, number>>>;
  /** Resident memory in bytes, if known. */
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

export function limitsOf({
  concurrency,
  queueTimeout,
}: Pick<GatewayOptions, "concurrency" | "queueTimeout">): ConcurrencyLimits {
  return {
    maxConcurrentRequests: concurrency?.max ?? 0,
    maxPerIp: concurrency?.maxPerClient ?? 0,
    maxQueueSize: concurrency?.maxQueue ?? 0,
    queueTimeout: concurrency?.queueTimeout || queueTimeout,
  };
}
