/**
 * Resource usage of a program, to detect leaks. Memory is in bytes, after a garbage collection; the others are counts.
 */
export interface Vitals {
  readonly rss: number;
  readonly heap: number;
  readonly external: number;
  /** Paths of open files and folders, except those in /dev and /proc. */
  readonly files: readonly string[];
  readonly threads: number;
  /** Listeners on `process`: signals, uncaught errors. */
  readonly listeners: number;
  readonly timers: number;
  /** Connections, without listening sockets. */
  readonly sockets: number;
}
