/** Resource usage of a program, to detect leaks. Memory is in bytes; the others are counts. */
export interface Vitals extends OutsideVitals, InsideVitals {}

/** What the system knows about any process. */
export interface OutsideVitals {
  readonly rss: number;
  /** Paths of open files and folders, except those in /dev and /proc. */
  readonly files: readonly string[];
  readonly threads: number;
}

/** What only the program itself knows. NaN for an executable, which cannot load the probe. */
export interface InsideVitals {
  /** After a garbage collection, as `external`. */
  readonly heap: number;
  readonly external: number;
  /** Listeners on `process`: signals, uncaught errors. */
  readonly listeners: number;
  readonly timers: number;
  /** Connections, without listening sockets. */
  readonly sockets: number;
}
