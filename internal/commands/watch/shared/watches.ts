/** Where changes are heard of. What is told is a hint that something may have happened at a path, and no more. */
export interface Watches {
  /** Resolves when no change to the roots, and to the folders opened, goes by unheard. */
  readonly ready: Promise<void>;
  /** Listens to a folder's entries. */
  open(folder: string): void;
  close(folder: string): void;
  stop(): Promise<void>;
}

export interface Listener {
  /** Something may have happened at a path. */
  hint(path: string): void;
  /** A folder itself was deleted or moved, perhaps to be made anew. */
  lost(folder: string): void;
  fail(error: unknown): void;
}

export type OpenWatches = (
  roots: readonly string[],
  options: { readonly shallow: boolean },
  listener: Listener,
) => Watches;
