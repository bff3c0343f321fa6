/** Requests of a client in its window, with this one. */
export interface Hits {
  readonly count: number;
  /** Milliseconds until the window ends. */
  readonly left: number;
}

interface Window {
  count: number;
  readonly ends: number;
}

/** Clients counted at once: some 15 MB. Above it the oldest windows end early. */
const MAX_CLIENTS = 100_000;

/**
 * Counts requests per client in fixed windows that begin with a client's first request. All are of one length, so they
 * end in the order they began: a Map's own. Every count takes out at most two that have ended, and so there is no timer.
 */
export class WindowCounter {
  readonly #length: number;
  readonly #maxClients: number;
  readonly #windows = new Map<string, Window>();

  /** @param length Of a window, in milliseconds. */
  constructor(length: number, maxClients: number = MAX_CLIENTS) {
    this.#length = length;
    this.#maxClients = maxClients;
  }

  get clients(): number {
    return this.#windows.size;
  }

  hit(client: string): Hits {
    const now = performance.now();
    const window = this.#windows.get(client);
    if (window !== undefined && window.ends > now) {
      window.count++;
      return { count: window.count, left: window.ends - now };
    }
    this.#windows.delete(client);
    this.#takeOut(now);
    this.#windows.set(client, { count: 1, ends: now + this.#length });
    return { count: 1, left: this.#length };
  }

  #takeOut(now: number): void {
    let looked = 0;
    for (const [client, { ends }] of this.#windows) {
      if (++looked > 2 || (ends > now && this.#windows.size < this.#maxClients)) return;
      this.#windows.delete(client);
    }
  }
}
