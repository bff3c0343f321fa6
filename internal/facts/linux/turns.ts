import { setImmediate } from "node:timers/promises";

/** Milliseconds of reading after which the event loop serves others. */
const TURN = 3;

/**
 * Runs `step` for each item, in turns: a machine with thousands of processes holds up the loop for a few ms at a time.
 * Reading in a thread would do the same at the price of starting it and of cloning every row.
 */
export async function inTurns<T>(
  items: Iterable<T>,
  signal: AbortSignal | undefined,
  step: (item: T) => void,
): Promise<void> {
  let since = performance.now();
  for (const item of items) {
    step(item);
    if (performance.now() - since < TURN) continue;
    await setImmediate();
    signal?.throwIfAborted();
    since = performance.now();
  }
}
