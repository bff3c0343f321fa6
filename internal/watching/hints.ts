import { looksTemporary } from "./temporary-name.ts";

/** Milliseconds in which a deleted file may reappear at its path (a save) or at another one (a rename). */
const SETTLE = 10;
/** The same for temporary files, which an editor may take longer to write and to flush. */
const SETTLE_TEMPORARY = 400;

export interface Hint {
  /** Time of the event, by performance.now(). All events of one turn of the event loop have the same time. */
  readonly at: number;
  /** True when it comes from comparing the tree after a burst, and not from the operating system. */
  readonly suspected: boolean;
  /** True when the folder must be listed again even if it looks unchanged. */
  readonly lost: boolean;
}

/** Paths in the order in which they were first added, each with what is known of all its hints. */
class Queue {
  readonly #hints = new Map<string, Hint>();
  /** One iterator for all calls: a new one each time would skip over all deleted map entries, a second for 5,000. */
  readonly #next = this.#hints.entries();

  has(path: string): boolean {
    return this.#hints.has(path);
  }

  add(path: string, hint: Hint): void {
    const before = this.#hints.get(path);
    this.#hints.set(path, before === undefined ? hint : merged(before, hint));
  }

  remove(path: string): Hint | undefined {
    const hint = this.#hints.get(path);
    this.#hints.delete(path);
    return hint;
  }

  take(): [path: string, hint: Hint] | undefined {
    if (this.#hints.size === 0) return undefined;
    const { value } = this.#next.next();
    if (value !== undefined) this.#hints.delete(value[0]);
    return value;
  }
}

function merged(a: Hint, b: Hint): Hint {
  return { at: Math.min(a.at, b.at), suspected: a.suspected && b.suspected, lost: a.lost || b.lost };
}

/** Queues of paths to inspect: at once (fresh), or after a delay (settling). */
export class Hints {
  readonly #settle: number;
  /** Paths that were found below a folder. They are inspected before `#reported`. */
  readonly #found = new Queue();
  /** Paths of events. */
  readonly #reported = new Queue();
  readonly #settling = new Map<string, Hint & { readonly due: number }>();
  #now: number | undefined;

  /** `debounce` is in milliseconds. */
  constructor(debounce: number) {
    this.#settle = Math.max(SETTLE, debounce);
  }

  add(path: string, { suspected = false, lost = false } = {}): void {
    this.#now ??= performance.now();
    const queue = this.#found.has(path) ? this.#found : this.#reported;
    queue.add(path, { at: this.#now, suspected, lost });
  }

  /**
   * Adds a path that was found in a folder. It is inspected before the paths of later events, and has the time of the
   * folder's event: otherwise a later change elsewhere could be reported first.
   */
  addFound(path: string, at: number): void {
    const reported = this.#reported.remove(path);
    if (reported !== undefined) this.#found.add(path, reported);
    this.#found.add(path, { at, suspected: false, lost: false });
  }

  /** Takes the next path that has not been inspected. */
  takeFresh(): [path: string, hint: Hint] | undefined {
    this.#now = undefined;
    return this.#found.take() ?? this.#reported.take();
  }

  /** Schedules a path to be inspected again after the delay, counted from the first event. */
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

  /** Takes all paths whose delay is over, in the order of their first events. */
  takeSettled(): [path: string, hint: Hint][] {
    const now = performance.now();
    const settled = [...this.#settling].filter(([, { due }]) => due <= now);
    for (const [path] of settled) this.#settling.delete(path);
    return settled;
  }

  /** Milliseconds until the next path is due. Undefined when none is waiting. */
  nextDue(): number | undefined {
    if (this.#settling.size === 0) return undefined;
    let due = Number.POSITIVE_INFINITY;
    for (const hint of this.#settling.values()) due = Math.min(due, hint.due);
    return Math.max(0, due - performance.now());
  }
}
