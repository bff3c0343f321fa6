/** Milliseconds for which a wait polls without a pause: most answers come sooner. */
const POLLING = 0.1;
const SHORTEST_PAUSE = 0.05;
/** Milliseconds: a long call so costs a processor about 2 %. */
const LONGEST_PAUSE = 5;

const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** Blocks the thread without occupying the processor. */
export function sleep(milliseconds: number): void {
  Atomics.wait(never, 0, 0, milliseconds);
}

/**
 * How a thread waits for what it can only poll: at first without a pause, then with pauses that grow with the time that
 * has passed, so that an answer is noticed late by an eighth of what it took at the most, and never by more than 5 ms.
 */
export class Patience {
  #since = performance.now();

  /** Something happened: the next wait begins anew. */
  renew(): void {
    this.#since = performance.now();
  }

  /** Lets some time pass, up to the deadline. */
  wait(deadline: number): void {
    const now = performance.now();
    const waited = now - this.#since;
    if (waited < POLLING) return;
    sleep(Math.min(LONGEST_PAUSE, Math.max(SHORTEST_PAUSE, waited / 8), Math.max(0, deadline - now)));
  }
}
