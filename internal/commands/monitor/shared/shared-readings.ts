import { startTimer } from "../../../../protocol/timers.ts";
import { type Reading, Subscription } from "./subscription.ts";

/** Timers fire up to a millisecond early. */
const EARLY = 1;

/**
 * Reads something again and again for all who follow it. Ticks lie on a grid that begins with the first of them, so those
 * of one interval, or of multiples of it, share each reading. The clock stands still while nobody follows.
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
   * A reading at once, and then one in every `interval` ms, `ticks` of them. A reading that was not taken when the next
   * one comes is left out. Fails with the signal's reason, or with what the reading failed with.
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

  /** On the grid, and at least half an interval away: shorter, the first usage would be that of an instant. */
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

  /** A reading that takes longer than an interval costs the ticks that fall into it, and nothing piles up. */
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
