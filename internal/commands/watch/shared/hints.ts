import { looksTemporary } from "./temporary-name.ts";

/** Milliseconds in which what is gone may come back, or turn up elsewhere: a save, or a rename. */
const SETTLE = 10;
/** The same for what looks like a temporary file, which an editor may take longer to write and to flush. */
const SETTLE_TEMPORARY = 400;

export interface Hint {
  /** When it was heard, by the clock of `performance`. All that is heard in a turn of the event loop has the same time. */
  readonly at: number;
  /** From comparing the tree after a burst, and not from the operating system. */
  readonly suspected: boolean;
  /** The folder has to be listed anew even if it looks the same. */
  readonly lost: boolean;
}

/** Paths to be looked at: at once, or when what happens there has settled. */
export class Hints {
  readonly #settle: number;
  readonly #fresh = new Map<string, Hint>();
  /** Goes on where it was: from the start it would pass over all that was deleted, a second for 5,000. */
  #freshFrom = this.#fresh.entries();
  readonly #settling = new Map<string, Hint & { readonly due: number }>();
  #now: number | undefined;

  /** `debounce` is in milliseconds. */
  constructor(debounce: number) {
    this.#settle = Math.max(SETTLE, debounce);
  }

  add(path: string, { suspected = false, lost = false } = {}): void {
    this.#now ??= performance.now();
    const before = this.#fresh.get(path);
    if (before === undefined) this.#fresh.set(path, { at: this.#now, suspected, lost });
    else if ((before.suspected && !suspected) || (lost && !before.lost)) {
      this.#fresh.set(path, { at: before.at, suspected: before.suspected && suspected, lost: before.lost || lost });
    }
  }

  /** Takes the oldest that has not been looked at. */
  takeFresh(): [path: string, hint: Hint] | undefined {
    this.#now = undefined;
    const { value, done } = this.#freshFrom.next();
    if (done) this.#freshFrom = this.#fresh.entries();
    else this.#fresh.delete(value[0]);
    return value;
  }

  /** Has a path looked at again when it has settled, counted from what was heard of it first. */
  settle(path: string, hint: Hint): void {
    const before = this.#settling.get(path);
    const suspected = hint.suspected && before?.suspected !== false;
    const lost = hint.lost || before?.lost === true;
    const wait = looksTemporary(path) ? Math.max(SETTLE_TEMPORARY, this.#settle) : this.#settle;
    this.#settling.set(path, { at: hint.at, suspected, lost, due: before?.due ?? hint.at + wait });
  }

  isSettling(path: string): boolean {
    return this.#settling.has(path);
  }

  /** Takes all that have settled, in the order in which they were heard of. */
  takeSettled(): [path: string, hint: Hint][] {
    const now = performance.now();
    const settled = [...this.#settling].filter(([, { due }]) => due <= now);
    for (const [path] of settled) this.#settling.delete(path);
    return settled;
  }

  /** Milliseconds until the next one has settled; undefined when none is waiting. */
  nextDue(): number | undefined {
    if (this.#settling.size === 0) return undefined;
    let due = Number.POSITIVE_INFINITY;
    for (const hint of this.#settling.values()) due = Math.min(due, hint.due);
    return Math.max(0, due - performance.now());
  }
}
