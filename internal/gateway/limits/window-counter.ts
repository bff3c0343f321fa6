/** A client's count in its current window. */
export interface Hits {
  /** Includes the current request. */
  readonly count: number;
  /** Milliseconds until the window ends. */
  readonly left: number;
}

interface Window {
  count: number;
  readonly ends: number;
}

/** Maximum number of clients, about 15 MB. Above it, the oldest windows end early. */
const MAX_CLIENTS = 100_000;

/**
 * Counts requests per client in fixed windows that begin with a client's first request. All windows have the same
 * length, so they end in the order of insertion into the Map. Each hit removes at most two ended windows, so no timer
 * is needed.
 */
export class WindowCounter {
  readonly #length: number;
  readonly #maxClients: number;
  readonly #windows = new Map<string, Window>();

  /** @param length - length of a window in milliseconds */
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
