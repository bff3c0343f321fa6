/** Number of slots: a gateway's ids are a slot of this many, plus a multiple of it that grows with each use. */
const SLOTS = 65_536;

/**
 * The exchanges that are not over, by id. The slot of an id is its remainder; an exchange whose slot is taken, which
 * needs a gateway that chooses its ids in another way, is kept in a Map.
 *
 * A Map for all of them would be keyed by ids that grow: it is rebuilt again and again, each old table keeps the
 * requests of its time alive through a scavenge, and those are then promoted. With a handler that returns a Response,
 * 11 % of all memory survived each scavenge.
 */
export class OpenExchanges<Exchange extends { readonly id: number }> {
  readonly #slots: (Exchange | undefined)[] = [];
  readonly #others = new Map<number, Exchange>();

  get(id: number): Exchange | undefined {
    const exchange = this.#slots[id % SLOTS];
    return exchange?.id === id ? exchange : this.#others.get(id);
  }

  /** An exchange with the same id is replaced. */
  add(exchange: Exchange): void {
    const { id } = exchange;
    const slot = id % SLOTS;
    const before = this.#slots[slot];
    if (this.#others.size > 0) this.#others.delete(id);
    if (isSlot(slot) && (before === undefined || before.id === id)) this.#slots[slot] = exchange;
    else this.#others.set(id, exchange);
  }

  delete(id: number): void {
    const slot = id % SLOTS;
    if (this.#slots[slot]?.id === id) this.#slots[slot] = undefined;
    else if (this.#others.size > 0) this.#others.delete(id);
  }

  all(): readonly Exchange[] {
    return [...this.#slots.filter((exchange) => exchange !== undefined), ...this.#others.values()];
  }
}

/** False for ids that are negative, fractions or not numbers. */
function isSlot(remainder: number): boolean {
  return Number.isInteger(remainder) && remainder >= 0;
}
