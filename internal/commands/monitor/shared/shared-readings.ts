import { startTimer } from "../../../../protocol/timers.ts";
import { type Reading, Subscription } from "./subscription.ts";

/** Timers may fire up to 1 ms early. */
const EARLY = 1;

/**
 * Reads a value periodically for all subscribers. The ticks of all subscribers lie on one grid, which starts with the
 * first subscriber, so those with the same interval, or multiples of it, share readings. No timer runs without
 * subscribers.
 */
export class SharedReadings<T> {
  readonly #read: () => T | Promise<T>;
  readonly #subscriptions = new Set<Subscription<T>>();
  #base = 0;
  #timer: NodeJS.Timeout | undefined;
  #busy = false;

  constructor(read: () => T | Promise<T>) {
    this.#read = read;
  }

  get followed(): boolean {
    return this.#subscriptions.size > 0;
  }

  /**
   * One reading at once, then one every `interval` ms, `ticks` times. A reading that has not been consumed when the
   * next one arrives is dropped. @throws the signal's reason, or the error of a reading.
   */
  async *every(interval: number, ticks: number, signal: AbortSignal): AsyncGenerator<Reading<T>> {
    signal.throwIfAborted();
    if (!this.followed) this.#base = performance.now();
    const subscription = new Subscription<T>(interval, ticks, this.#firstTick(interval));
    const abort = () => subscription.end(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    this.#subscriptions.add(subscription);
    try {
      yield await this.#take();
      this.#schedule();
      for (let next = await subscription.next(); next !== undefined; next = await subscription.next()) yield next;
    } finally {
      signal.removeEventListener("abort", abort);
      this.#subscriptions.delete(subscription);
      this.#schedule();
    }
  }

  /** On the grid, and at least half an interval away, so that the first usage is not measured over too short a time. */
  #firstTick(interval: number): number {
    const elapsed = performance.now() - this.#base;
    return this.#base + interval * Math.ceil(elapsed / interval + 0.5);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const due = Math.min(...[...this.#subscriptions].map((subscription) => subscription.due));
    if (due === Number.POSITIVE_INFINITY) return;
    this.#timer = startTimer(() => void this.#tick(), due - performance.now());
  }

  /** Ticks that fall into a reading that takes longer than an interval are skipped, so that readings do not pile up. */
  async #tick(): Promise<void> {
    const now = performance.now() + EARLY;
    const due = [...this.#subscriptions].filter((subscription) => subscription.due <= now);
    for (const subscription of due) subscription.advance(now);
    this.#schedule();
    if (this.#busy) for (const subscription of due) subscription.settle(undefined);
    if (this.#busy || due.length === 0) return;
    this.#busy = true;
    try {
      const reading = await this.#take();
      for (const subscription of due) subscription.settle(reading);
    } catch (error) {
      for (const subscription of due) subscription.end(error);
    } finally {
      this.#busy = false;
    }
  }

  async #take(): Promise<Reading<T>> {
    return { value: await this.#read(), at: performance.now() };
  }
}
