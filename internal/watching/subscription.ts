import { type Change, change } from "./change.ts";
import type { WatchedTree } from "./watched-tree.ts";

/** Maximum number of changes queued for a slow reader. */
export const MAX_QUEUED = 65_536;

export interface SubscriptionOptions {
  /** Start with the existing entries. */
  readonly initial: boolean;
  readonly signal: AbortSignal;
}

/**
 * One reader of a tree. Changes wait in a queue of its own. When the queue is full it is emptied, and the reader gets
 * `overflow`, the existing entries, and then all further changes.
 */
export class Subscription {
  readonly #tree: WatchedTree;
  readonly #signal: AbortSignal;
  #queue: Change[] = [];
  #taken = 0;
  #listsFirst: boolean;
  #overflowed = false;
  #begun = false;
  #failed: { readonly error: unknown } | undefined;
  #wake: () => void = () => {};

  constructor(tree: WatchedTree, { initial, signal }: SubscriptionOptions) {
    this.#tree = tree;
    this.#signal = signal;
    this.#listsFirst = initial;
  }

  /** The changes, until the signal aborts. @throws the error of a failed watch. */
  async *changes(): AsyncGenerator<Change> {
    const wake = () => this.#wake();
    const listener = {
      change: (change: Change) => this.#push(change),
      fail: (error: unknown) => {
        this.#failed ??= { error };
        wake();
      },
    };
    this.#tree.listeners.add(listener);
    this.#signal.addEventListener("abort", wake, { once: true });
    try {
      await Promise.race([this.#tree.ready, aborted(this.#signal)]);
      if (!this.#signal.aborted && this.#failed === undefined) yield* this.#beginning();
      while (!this.#signal.aborted) {
        if (this.#overflowed) yield* this.#anew();
        const next = this.#take();
        if (next !== undefined) yield next;
        else if (this.#failed !== undefined) throw this.#failed.error;
        else if (!this.#overflowed) await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.#signal.removeEventListener("abort", wake);
      this.#tree.listeners.delete(listener);
    }
  }

  *#beginning(): Generator<Change> {
    this.#begun = true;
    const present = this.#listsFirst ? this.#snapshot() : [];
    yield* present;
    yield { type: "ready" };
  }

  *#anew(): Generator<Change> {
    this.#overflowed = false;
    const present = this.#snapshot();
    yield { type: "overflow", reason: "reader" };
    yield* present;
    yield { type: "ready" };
  }

  /** A copy: if a folder moves while a slow reader reads the list, it must be neither missed nor listed twice. */
  #snapshot(): Change[] {
    return Array.from(this.#tree.index.all(), ([path, entry]) => change("exists", path, entry));
  }

  #push(change: Change): void {
    if (!this.#begun || this.#overflowed) return; // the entries listed at the start include it
    if (this.#queue.length - this.#taken >= MAX_QUEUED) {
      this.#overflowed = true;
      this.#queue = [];
      this.#taken = 0;
    } else {
      this.#queue.push(change);
    }
    this.#wake();
  }

  #take(): Change | undefined {
    const next = this.#queue[this.#taken];
    if (next === undefined) return undefined;
    this.#taken += 1;
    if (this.#taken === this.#queue.length || this.#taken === MAX_QUEUED) {
      this.#queue = this.#queue.slice(this.#taken);
      this.#taken = 0;
    }
    return next;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
