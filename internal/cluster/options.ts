import type { BackoffOptions } from "../processes/backoff.ts";
import type { HeartbeatOptions } from "../processes/heartbeat.ts";
import type { ProcessOptions } from "../processes/options.ts";

/** How a cluster's processes are started and supervised. Times in milliseconds, sizes in bytes. */
export interface ClusterOptions extends ProcessOptions, BackoffOptions, HeartbeatOptions {
  /** The environment of one worker, by its id and the key that it registers with. */
  readonly identify: (id: string, key: string) => Readonly<Record<string, string>>;
  /** Members that are given work. */
  readonly workers: number;
  /** Members that are started and ready beside them, and given none until one takes another's place. */
  readonly standbys: number;
  /** What makes a started process ready: its registration, or that it runs. */
  readonly readyWhen: "registered" | "started";
  readonly readyTimeout: number;
  /** How long a worker has to finish its requests before it is asked to exit. */
  readonly drainTimeout: number;
  readonly respawn: boolean;
  /** Maximum resident memory per worker; absent for no limit. */
  readonly maxMemory?: number;
  /** Percent of one core. */
  readonly maxCpu?: number;
  readonly checkInterval: number;
  /** A worker over a limit is replaced; otherwise it is logged, and asked to collect its garbage. */
  readonly hardLimits: boolean;
  /** Collects garbage in all workers when their memory together comes near the limit (needs maxMemory). */
  readonly intelligence: boolean;
}
