import { pause } from "../../protocol/timers.ts";

/** Milliseconds that a sample is good as the beginning of a later call's: callers that poll every 5 s need no wait. */
const KEPT = 6_000;

interface Sample<T> {
  readonly value: T;
  /** By performance.now(). */
  readonly at: number;
}

/** What was read at both ends of a span of time. */
export interface Span<T> {
  readonly before: T;
  readonly after: T;
  readonly seconds: number;
}

/**
 * Reads something twice, at least `interval` ms apart. It keeps two of the samples that calls took, so that one within
 * KEPT ms of an earlier one begins there and waits for nothing.
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

  /** Kept only when the newest is `interval` old: calls in quick succession would push out every sample of use. */
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
