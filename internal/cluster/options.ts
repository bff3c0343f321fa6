/** How a cluster's processes are started and watched over. Times in milliseconds, sizes in bytes. */
export interface ClusterOptions {
  /** Program and arguments of a worker; the same for all. */
  readonly command: readonly [string, ...string[]];
  /** Makes sure, before each start, that the program is there; what it throws is why the start fails. */
  readonly beforeStart?: (() => void) | undefined;
  readonly cwd: string;
  /** Added to the service's own environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Members that are given work. */
  readonly workers: number;
  /** Members that are started and ready beside them, and given none until one takes another's place. */
  readonly standbys: number;
  /** What makes a started process ready: its registration, or that it runs. */
  readonly readyWhen: "registered" | "started";
  readonly readyTimeout: number;
  /** How long a worker has to finish its requests, and then to exit. */
  readonly drainTimeout: number;
  readonly stopTimeout: number;
  readonly respawn: boolean;
  /**
   * Between a death and the next start: doubled by each death in a row, with jitter, up to `most` for a process that did
   * not get ready and `mostInService` for one that did.
   */
  readonly backoff: { readonly first: number; readonly most: number; readonly mostInService: number };
  /** After so long in service, the next death counts as the first. */
  readonly stableAfter: number;
  /** Failed restarts in a row after which a member is given up; absent for never. */
  readonly maxRestarts?: number;
  /** Resident bytes of a worker; absent for no limit. */
  readonly maxMemory?: number;
  /** Percent of one core. */
  readonly maxCpu?: number;
  readonly checkInterval: number;
  /** What is over a limit is replaced; otherwise it is told, and asked to collect its garbage. */
  readonly hardLimits: boolean;
  /** Collects garbage in all workers as their memory together comes near the limit (needs maxMemory). */
  readonly intelligence: boolean;
  /** -20 to 19; 0 leaves it. */
  readonly priority: number;
  /** Descriptors that a worker may open; absent for the service's own limit. */
  readonly fileDescriptors?: number;
  /** Signs of life: asked for so often, and missed for so long before a worker counts as hung. 0 for none. */
  readonly pingInterval: number;
  readonly pingTimeout: number;
}
