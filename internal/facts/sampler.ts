import { pause } from "../../protocol/timers.ts";

/** Milliseconds for which a sample can start the span of a later call. Callers that poll every 5 s never wait. */
const KEPT = 6_000;

interface Sample<T> {
  readonly value: T;
  /** By performance.now(). */
  readonly at: number;
}

/** Two readings and the time between them. */
export interface Span<T> {
  readonly before: T;
  readonly after: T;
  readonly seconds: number;
}

/**
 * Reads a value twice, at least `interval` ms apart. Two samples are kept: a call within KEPT ms of an earlier one uses
 * its sample as the first reading and does not wait.
 */
export class Sampler<T> {
  readonly #read: () => T | Promise<T>;
  #older: Sample<T> | undefined;
  #newer: Sample<T> | undefined;

  constructor(read: () => T | Promise<T>) {
    this.#read = read;
  }

  async over(interval: number, signal: AbortSignal): Promise<Span<T>> {
    const before = this.#kept(interval) ?? (await this.#awaited(interval, signal));
    const after = await this.#take(interval);
    return { before: before.value, after: after.value, seconds: (after.at - before.at) / 1000 };
  }

  #kept(interval: number): Sample<T> | undefined {
    const now = performance.now();
    const longest = Math.max(KEPT, 2 * interval);
    return [this.#newer, this.#older].find(
      (sample) => sample !== undefined && now - sample.at >= interval && now - sample.at <= longest,
    );
  }

  async #awaited(interval: number, signal: AbortSignal): Promise<Sample<T>> {
    const recent = this.#newer !== undefined && performance.now() - this.#newer.at < interval;
    const before = recent && this.#newer !== undefined ? this.#newer : await this.#take(interval);
    // Timers may fire up to 1 ms early.
    await pause(Math.ceil(interval - (performance.now() - before.at)) + 1, signal);
    return before;
  }

  /**
   * A sample is kept only if the newest is `interval` old. Otherwise frequent calls would evict every usable sample.
   */
  async #take(interval: number): Promise<Sample<T>> {
    const value = await this.#read();
    const sample = { value, at: performance.now() };
    if (this.#newer === undefined || sample.at - this.#newer.at >= interval) {
      this.#older = this.#newer;
      this.#newer = sample;
    }
    return sample;
  }
}
