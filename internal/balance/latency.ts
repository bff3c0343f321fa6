/** A new time's share of the smoothed one: that of TCP's round-trip time. Source: RFC 6298. */
const SHARE = 1 / 8;

/** How long someone takes to answer, in milliseconds, the last answers counting most. */
export class Latency {
  #smoothed: number | undefined;

  /** Undefined before the first. */
  get value(): number | undefined {
    return this.#smoothed;
  }

  record(ms: number): void {
    this.#smoothed = this.#smoothed === undefined ? ms : this.#smoothed + (ms - this.#smoothed) * SHARE;
  }
}
