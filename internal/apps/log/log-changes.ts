import { type FSWatcher, watch } from "node:fs";

/** Milliseconds after which the log is looked at even if the system reported no change: it does not for all file systems. */
const POLL = 500;

/** Tells when the files in a folder may have changed. */
export class LogChanges {
  #watcher: FSWatcher | undefined;
  #hasChanged = false;
  #wake = () => {};
  readonly #folder: string;
  readonly #signal: AbortSignal | undefined;
  readonly #notice = () => {
    this.#hasChanged = true;
    this.#wake();
  };

  /** An abort of the signal counts as a change. */
  constructor(folder: string, signal: AbortSignal | undefined) {
    this.#folder = folder;
    this.#signal = signal;
    signal?.addEventListener("abort", this.#notice);
  }

  /**
   * Starts to notice changes. Call it before reading what is there. Without the folder, or without a free watch, the log
   * is looked at at intervals.
   */
  start(): void {
    if (this.#watcher !== undefined) return;
    try {
      this.#watcher = watch(this.#folder, this.#notice);
      this.#watcher.on("error", () => this.#stop());
    } catch {
      this.#watcher = undefined;
    }
  }

  /** Resolves after a change, after the interval, or at once if there was a change since the last call. */
  async next(): Promise<void> {
    if (!this.#hasChanged) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = setTimeout(resolve, POLL);
      await promise;
      clearTimeout(timer);
    }
    this.#hasChanged = false;
  }

  close(): void {
    this.#stop();
    this.#signal?.removeEventListener("abort", this.#notice);
  }

  #stop(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }
}
