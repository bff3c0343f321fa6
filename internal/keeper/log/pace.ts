/**
 * Milliseconds between two reads of a pipe. What an app prints meanwhile is read at once, which takes a tenth of the
 * processor time of reading each line when it arrives.
 */
const COLLECT = 5;
/** After a full read, the time it took to process it, times this, passes before the next full read of any pipe. */
const REST = 3;

/**
 * When pipes are read: an app that prints without end takes at most a quarter of the keeper's time, and so do a hundred
 * of them together.
 */
export class Pace {
  #free = 0;

  /** Milliseconds until a pipe is read again. `spent` is the time that its last read took. */
  pauseAfter(isFull: boolean, spent: number): number {
    if (!isFull) return COLLECT;
    const now = performance.now();
    this.#free = Math.max(this.#free, now) + REST * spent;
    return this.#free - now;
  }
}
