import { setImmediate } from "node:timers/promises";

/** A flag in memory shared by a handler and the thread of its task. */
export type Interrupt = Int32Array;

/**
 * Runs a task that cleans up when it is cancelled. Passing the signal to the task runner would terminate the thread at
 * once and leave unfinished work on disk. Instead, the signal sets a flag, which the task checks at its checkpoints.
 */
export async function interruptible<T>(signal: AbortSignal, run: (interrupt: Interrupt) => Promise<T>): Promise<T> {
  const interrupt = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const raise = () => Atomics.store(interrupt, 0, 1);
  if (signal.aborted) raise();
  signal.addEventListener("abort", raise, { once: true });
  try {
    return await run(interrupt);
  } finally {
    signal.removeEventListener("abort", raise);
  }
}

const TURN_MILLISECONDS = 50;

/**
 * Returns a function to call, and to await, in a task's loop. It throws once the flag is set. Every 50 ms it yields to
 * the event loop; otherwise a task that runs in place would never see the flag.
 */
export function checkpoint(interrupt: Interrupt): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (Atomics.load(interrupt, 0) === 1) throw new Error("interrupted");
    const now = performance.now();
    if (now - last < TURN_MILLISECONDS) return undefined;
    last = now;
    return setImmediate();
  };
}
