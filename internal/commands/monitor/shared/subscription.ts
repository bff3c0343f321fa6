export interface Reading<T> {
  readonly value: T;
  /** Time of the reading, by performance.now(). */
  readonly at: number;
}

/** A subscriber's schedule, and its latest reading that has not been consumed. */
export class Subscription<T> {
  readonly #interval: number;
  #due: number;
  /** Remaining ticks. */
  #left: number;
  #latest: Reading<T> | undefined;
  #isLast = false;
  #end: { readonly error: unknown } | undefined;
  #wake: () => void = () => {};

  /** `interval` in milliseconds; `due` is the time of the first tick, by performance.now(). */
  constructor(interval: number, ticks: number, due: number) {
    this.#interval = interval;
    this.#left = ticks;
    this.#due = due;
  }

  get due(): number {
    return this.#left > 0 ? this.#due : Number.POSITIVE_INFINITY;
  }

  /** Advances to the first tick after `now`. Missed ticks, as after the machine was suspended, are not caught up. */
  advance(now: number): void {
    const ticks = Math.floor((now - this.#due) / this.#interval) + 1;
    this.#due += ticks * this.#interval;
    this.#left -= ticks;
  }

  /** Ends a tick: with its reading, or with undefined when the previous reading was still running. */
  settle(reading: Reading<T> | undefined): void {
    this.#latest = reading ?? this.#latest;
    this.#isLast = this.#left <= 0;
    this.#wake();
  }

  end(error: unknown): void {
    this.#end ??= { error };
    this.#wake();
  }

  /** Waits for the next reading and returns it. Undefined after the last one. */
  async next(): Promise<Reading<T> | undefined> {
    for (;;) {
      if (this.#end !== undefined) throw this.#end.error;
      const reading = this.#latest;
      this.#latest = undefined;
      if (reading !== undefined || this.#isLast) return reading;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
