import { setImmediate } from "node:timers/promises";

/** Maximum milliseconds of work on many paths before the event loop gets a turn. */
const SLICE = 4;

/** Returns a function to call and await in a loop. It yields to the event loop every SLICE ms. */
export function slices(): () => Promise<void> | undefined {
  let end = performance.now() + SLICE;
  return () => {
    if (performance.now() < end) return undefined;
    return setImmediate().then(() => {
      end = performance.now() + SLICE;
    });
  };
}
