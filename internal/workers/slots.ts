/** Slots that one worker has: what its requests in flight are bounded by. */
export const MAX_SLOTS = 65_536;

/**
 * What is in flight, in numbered slots that are used again. An id is its slot and how often that was used before, so that
 * a late answer to what was given up finds nothing. A Map keyed by growing ids costs a quarter of the throughput.
 */
export class Slots<T> {
  readonly #values: (T | undefined)[] = [];
  readonly #ids: number[] = [];
  readonly #free: number[] = [];
  #used = 0;

  get used(): number {
    return this.#used;
  }

  get wasUsed(): boolean {
    return this.#ids.length > 0;
  }

  /** The id of a new entry, up to 2³²−1. The caller sees to it that fewer than MAX_SLOTS are used. */
  add(value: T): number {
    this.#used++;
    const slot = this.#free.pop() ?? this.#ids.push(this.#ids.length) - 1;
    this.#values[slot] = value;
    return this.#ids[slot] as number;
  }

  get(id: number): T | undefined {
    const slot = id % MAX_SLOTS;
    return this.#ids[slot] === id ? this.#values[slot] : undefined;
  }

  delete(id: number): void {
    const slot = id % MAX_SLOTS;
    if (this.#ids[slot] !== id || this.#values[slot] === undefined) return;
    this.#used--;
    this.#values[slot] = undefined;
    this.#ids[slot] = (id + MAX_SLOTS) % 2 ** 32;
    this.#free.push(slot);
  }

  *entries(): Generator<[number, T]> {
    for (const [slot, value] of this.#values.entries())
      if (value !== undefined) yield [this.#ids[slot] as number, value];
  }
}
