/** The average of the last `size` values. */
export class MovingAverage {
  readonly #values: Float64Array;
  #sum = 0;
  #count = 0;

  constructor(size: number) {
    this.#values = new Float64Array(size);
  }

  get isFull(): boolean {
    return this.#count >= this.#values.length;
  }

  /** 0 without values. */
  get value(): number {
    return this.#sum / Math.max(1, Math.min(this.#count, this.#values.length));
  }

  add(value: number): void {
    const at = this.#count % this.#values.length;
    const leaving = this.#values[at] as number;
    this.#values[at] = value;
    this.#count++;
    // Summed anew on each round, so that rounding errors of the running sum do not accumulate.
    this.#sum = at === 0 ? this.#values.reduce((sum, each) => sum + each, 0) : this.#sum + value - leaving;
  }
}
