import { setImmediate } from "node:timers/promises";

/** Milliseconds of work after which the event loop gets a turn. */
const TURN = 3;

/**
 * Runs `step` for each item and yields to the event loop every TURN ms, so that a machine with thousands of processes
 * does not block it. A thread would avoid the blocking too, but has to be started and every row cloned.
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
