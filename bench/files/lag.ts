/**
 * Loaded into the service beside its own code: how long a call that comes in would wait for the event loop. One is
 * thought to come every millisecond, also while the loop is held up: those that come meanwhile wait for its end.
 */
import { percentile } from "../statistics.ts";

const STEP = 1;

let lags: number[] = [];
let due = performance.now();
setInterval(() => {
  for (const now = performance.now(); due <= now; due += STEP) lags.push(now - due);
}, STEP).unref();

/** Tells the 99th percentile since it was asked before, in milliseconds. */
process.on("message", () => {
  process.send?.(percentile(Float64Array.from(lags).sort(), 99));
  lags = [];
});
process.channel?.unref();

/** However the bench ends, its service ends with it. */
process.on("disconnect", () => process.exit());
