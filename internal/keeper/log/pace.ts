/**
 * Milliseconds between two reads of a pipe. What an app prints meanwhile is read at once: at 10,000 lines a second, that
 * takes a third of the processor time of reading each line as it arrives. A pipe that fills up in this time is read
 * without a pause from then on.
 */
const COLLECT = 10;
/** After a full read, the time it took to process it, times this, passes before the next full read of any pipe. */
const REST = 3;

/**
 * When pipes are read: an app that prints without end takes about a quarter of the keeper's time, and so do a hundred
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
