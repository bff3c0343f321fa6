/** Slots per worker: the maximum number of its requests in flight. */
export const MAX_SLOTS = 65_536;

/**
 * Entries in numbered slots that are reused. An id combines the slot with the number of its earlier uses, so a late
 * response to an abandoned request matches no entry. A Map with ever-increasing ids costs a quarter of the throughput.
 */
export class Slots<T> {
  readonly #values: (T | undefined)[] = [];
  readonly #ids: number[] = [];
  readonly #free: number[] = [];
  #used = 0;

  get used(): number {
    return this.#used;
  }

  /** Returns the id of the new entry, up to 2³²−1. The caller must ensure that fewer than MAX_SLOTS are in use. */
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
