import type { BackoffOptions } from "../processes/backoff.ts";
import type { HeartbeatOptions } from "../processes/heartbeat.ts";
import type { ProcessOptions } from "../processes/options.ts";

export type MemberKind = "worker" | "gateway" | "clone";

/** How the processes of a cluster are started and supervised. Times in milliseconds, sizes in bytes. */
export interface ClusterOptions extends ProcessOptions, BackoffOptions, HeartbeatOptions {
  /** What its members are called in the log and in errors. Default: worker. */
  readonly kind?: MemberKind;
  /** Command that starts an abandoned member again, without its id. Default: `xsys cluster restart`. */
  readonly startCommand?: string;
  /** What they belong to, for the log and errors: `clone 0 of web`. */
  readonly of?: string;
  /** Returns the environment of a worker with this id and registration key. */
  readonly identify: (id: string, key: string) => Readonly<Record<string, string>>;
  /** Number of active members at the start. */
  readonly workers: number;
  /** Number of standby members: started and ready, but without requests until they replace an active one. */
  readonly standbys: number;
  /** Whether a process is ready once it has registered, as soon as it runs, or when it has run for `stableFor`. */
  readonly readyWhen: "registered" | "started" | "stable";
  readonly readyTimeout: number;
  /** How a process gets its port, for the reason of one that tried to open a port that is in use. Default: a worker needs none. */
  readonly portHint?: string | undefined;
  /** Added to the reason of a process that was not ready in time: what it did not do. */
  readonly notReadyHint?: string;
  /**
   * For `readyWhen: "stable"`: how long a process runs until it is ready. For `registered`: how long a process that
   * replaces another one runs after its registration until it is ready; it gets no requests until then.
   */
  readonly stableFor?: number;
  /**
   * Paths that the gateway asks a process for before it gets work: a standby, and one that replaces another one. Default:
   * those of the gateway, for standbys.
   */
  readonly warmUp?: readonly string[];
  /** Whether a process may run beside the one that replaces it. Otherwise it is stopped first. Default: true. */
  readonly overlap?: boolean;
  /** How long a worker may take to finish its requests before it is asked to exit. */
  readonly drainTimeout: number;
  readonly respawn: boolean;
  /** Exit codes after which a process is not started again. */
  readonly stopExitCodes?: readonly number[];
  /** Maximum resident memory per worker; absent for no limit. */
  readonly maxMemory?: number;
  /** Percent of one core; absent for no limit. */
  readonly maxCpu?: number;
  readonly checkInterval: number;
  /**
   * Replace a worker that is over a limit. Otherwise log it, and over its memory limit request a garbage collection.
   */
  readonly hardLimits: boolean;
  /** Request garbage collection in all workers when their total memory comes near the limit. Requires maxMemory. */
  readonly intelligence: boolean;
}
