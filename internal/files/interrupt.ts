import { setImmediate } from "node:timers/promises";

/** A flag in memory that a handler and its task's thread share. */
export type Interrupt = Int32Array;

/**
 * Runs a task that clears up after itself. Handing the signal to the task runner would end the thread on the spot, and
 * what the task had begun would stay on disk; instead the signal raises a flag, which the task sees at its checkpoints.
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
 * To be called in a task's loop, and what it gives to be awaited. It throws once the flag is raised; now and then it
 * gives way to the event loop, without which a task that runs in place would never see the flag.
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
