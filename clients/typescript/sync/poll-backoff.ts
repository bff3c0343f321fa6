/** Milliseconds of polling without pauses. Most answers arrive sooner. */
const POLLING = 0.1;
const SHORTEST_PAUSE = 0.05;
/** Milliseconds. With it a long call uses about 2 % of a processor. */
const LONGEST_PAUSE = 5;

const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** Blocks the thread without using the processor. */
export function sleep(milliseconds: number): void {
  Atomics.wait(never, 0, 0, milliseconds);
}

/**
 * Pauses between polls of a blocking thread. The first polls have no pauses; later pauses are an eighth of the time
 * waited so far, up to 5 ms. So an answer is noticed late by at most an eighth of its duration, and by at most 5 ms.
 */
export class PollBackoff {
  #since = performance.now();

  /** Starts again without pauses, after bytes were read or written. */
  reset(): void {
    this.#since = performance.now();
  }

  /** Pauses, until the deadline at the latest. */
  pause(deadline: number): void {
    const now = performance.now();
    const waited = now - this.#since;
    if (waited < POLLING) return;
    sleep(Math.min(LONGEST_PAUSE, Math.max(SHORTEST_PAUSE, waited / 8), Math.max(0, deadline - now)));
  }
}
