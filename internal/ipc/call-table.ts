import type { IncomingCall } from "./incoming-call.ts";

/**
 * Ids below this are indexes of an array. Clients that reuse their ids, as ours do, use no others: it is the default
 * maximum of calls in flight.
 */
const SLOTS = 1_024;

/**
 * The unanswered calls of a connection by their ids. A Map alone would be rehashed after every few calls, because each
 * call adds an entry and deletes it again.
 */
export class CallTable {
  readonly #slots: (IncomingCall | undefined)[] = [];
  readonly #others = new Map<number, IncomingCall>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: number): IncomingCall | undefined {
    return id < SLOTS ? this.#slots[id] : this.#others.get(id);
  }

  /** Adds a call. Its id must not be in the table. */
  add(id: number, call: IncomingCall): void {
    this.#size++;
    if (id < SLOTS) this.#slots[id] = call;
    else this.#others.set(id, call);
  }

  /** Removes a call. Its id must be in the table. */
  remove(id: number): void {
    this.#size--;
    if (id < SLOTS) this.#slots[id] = undefined;
    else this.#others.delete(id);
  }

  /** The calls at this moment. */
  list(): IncomingCall[] {
    return [...this.#slots.filter((call) => call !== undefined), ...this.#others.values()];
  }
}
