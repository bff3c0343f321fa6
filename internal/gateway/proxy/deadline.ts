/** Timeout for all attempts of a request together. */
export class Deadline {
  readonly #at: number;

  /** @param timeout - milliseconds; 0 for no timeout */
  constructor(timeout: number) {
    this.#at = timeout > 0 ? performance.now() + timeout : Number.POSITIVE_INFINITY;
  }

  /** Milliseconds left, at least 1; 0 for no timeout. */
  get left(): number {
    return this.#at === Number.POSITIVE_INFINITY ? 0 : Math.max(1, Math.ceil(this.#at - performance.now()));
  }

  get isOver(): boolean {
    return performance.now() >= this.#at;
  }
}
