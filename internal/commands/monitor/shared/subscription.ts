/** What was read, and when by performance.now(). */
export interface Reading<T> {
  readonly value: T;
  readonly at: number;
}

/** One who follows readings: when the next is due, and the latest that was not taken yet. */
export class Subscription<T> {
  readonly #interval: number;
  #due: number;
  /** Ticks to come. */
  #left: number;
  #latest: Reading<T> | undefined;
  #isLast = false;
  #end: { readonly error: unknown } | undefined;
  #wake: () => void = () => {};

  /** Milliseconds, the first due time by performance.now(). */
  constructor(interval: number, ticks: number, due: number) {
    this.#interval = interval;
    this.#left = ticks;
    this.#due = due;
  }

  get due(): number {
    return this.#left > 0 ? this.#due : Number.POSITIVE_INFINITY;
  }

  /** Passes over every tick up to now: those missed, as while the machine slept, are not made up for. */
  advance(now: number): void {
    const ticks = Math.floor((now - this.#due) / this.#interval) + 1;
    this.#due += ticks * this.#interval;
    this.#left -= ticks;
  }

  /** A tick's reading, or none when it fell into the one before. */
  settle(reading: Reading<T> | undefined): void {
    this.#latest = reading ?? this.#latest;
    this.#isLast = this.#left <= 0;
    this.#wake();
  }

  end(error: unknown): void {
    this.#end ??= { error };
    this.#wake();
  }

  /** The latest reading, as soon as there is one; undefined after the last. */
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
