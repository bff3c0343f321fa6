/** Weight of a new sample, as for TCP's smoothed round-trip time. Source: RFC 6298. */
const SHARE = 1 / 8;

/** Response time in milliseconds, as an exponentially weighted moving average. */
export class Latency {
  #smoothed: number | undefined;

  /** Undefined before the first sample. */
  get value(): number | undefined {
    return this.#smoothed;
  }

  record(ms: number): void {
    this.#smoothed = this.#smoothed === undefined ? ms : this.#smoothed + (ms - this.#smoothed) * SHARE;
  }
}
