/** Calls that have yet to be answered. */
export class CallsInProgress {
  readonly #calls = new Set<Promise<unknown>>();

  /** Counts a call until its result is there. */
  add<T>(result: T | Promise<T>): T | Promise<T> {
    if (!(result instanceof Promise)) return result;
    const call: Promise<unknown> = result.catch(() => {}).finally(() => this.#calls.delete(call));
    this.#calls.add(call);
    return result;
  }

  /** Resolves when there is none, and the answers are sent. */
  async ended(): Promise<void> {
    do {
      await Promise.all(this.#calls);
      await new Promise(setImmediate); // answers are written before
    } while (this.#calls.size > 0);
  }
}
