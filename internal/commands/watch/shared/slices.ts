import { setImmediate } from "node:timers/promises";

/** Milliseconds that work on many paths keeps the event loop at a time. */
const SLICE = 4;

/** To be called in a loop, and what it gives awaited: gives way to the event loop now and then. */
export function slices(): () => Promise<void> | undefined {
  let end = performance.now() + SLICE;
  return () => {
    if (performance.now() < end) return undefined;
    return setImmediate().then(() => {
      end = performance.now() + SLICE;
    });
  };
}
