/** A time that all tries of a request have together. */
export class Deadline {
  readonly #at: number;

  /** `timeout` in milliseconds; 0 for any time. */
  constructor(timeout: number) {
    this.#at = timeout > 0 ? performance.now() + timeout : Number.POSITIVE_INFINITY;
  }

  /** Milliseconds left, 1 at the least; 0 for any number. */
  get left(): number {
    return this.#at === Number.POSITIVE_INFINITY ? 0 : Math.max(1, Math.ceil(this.#at - performance.now()));
  }

  get isOver(): boolean {
    return performance.now() >= this.#at;
  }
}
