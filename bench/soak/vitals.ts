/** What of a program grows when it forgets to let go. Memory in bytes, after a collection of garbage; the others are counts. */
export interface Vitals {
  readonly rss: number;
  readonly heap: number;
  readonly external: number;
  /** Open files and folders, those of /dev and /proc not counted. */
  readonly files: readonly string[];
  readonly threads: number;
  /** On the process itself: signals, uncaught errors. */
  readonly listeners: number;
  readonly timers: number;
  /** Connections, listening sockets not counted. */
  readonly sockets: number;
}
