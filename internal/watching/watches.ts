/** Watches of the operating system. Each event is only a hint that something may have changed at a path. */
export interface Watches {
  /** Resolves when all changes of the roots and of the opened folders are detected. */
  readonly ready: Promise<void>;
  /** Starts watching the entries of a folder. */
  open(folder: string): void;
  close(folder: string): void;
  stop(): Promise<void>;
}

export interface Listener {
  /** Something may have happened at a path. */
  hint(path: string): void;
  /** A folder was deleted or moved. It may be created again. */
  lost(folder: string): void;
  fail(error: unknown): void;
}

export type OpenWatches = (
  roots: readonly string[],
  options: { readonly shallow: boolean },
  listener: Listener,
) => Watches;
