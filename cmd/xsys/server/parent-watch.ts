/** What the watch asks, and tells. */
export interface ParentWatchHome {
  /** Whether the process that started this one has ended. */
  isParentGone(): boolean;
  /** Whether a worker is connected, or one of ours is being started. */
  hasWorker(): boolean;
  /** Milliseconds, of any beginning. */
  now(): number;
  /** Runs once, when nobody has been there for as long as `PATIENCE`. */
  onAbandoned(): void;
}

/** Milliseconds without parent and without worker. */
export const PATIENCE = 5_000;
/** How often that is looked at, in milliseconds: a look takes 2 µs. */
const INTERVAL = 500;

/**
 * Sees when nobody is left who could use an engine that an application has started beside itself: the application has
 * ended without stopping it, and no worker is connected. It would hold the port, and the next start would fail.
 */
export class ParentWatch {
  readonly #home: ParentWatchHome;
  #timer: NodeJS.Timeout | undefined;
  #since: number | undefined;

  constructor(home: ParentWatchHome) {
    this.#home = home;
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), INTERVAL).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  look(): void {
    const { isParentGone, hasWorker, now, onAbandoned } = this.#home;
    if (!isParentGone() || hasWorker()) {
      this.#since = undefined;
      return;
    }
    this.#since ??= now();
    if (now() - this.#since < PATIENCE) return;
    this.stop();
    onAbandoned();
  }
}

/** Tells whether the process that is the parent now has ended, when it is asked later. */
export function parentEnd(): () => boolean {
  const { ppid } = process;
  // Elsewhere an orphan gets another parent; on Windows it keeps the number of the one that has ended.
  if (process.platform !== "win32") return () => process.ppid !== ppid;
  return () => !isRunning(ppid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
