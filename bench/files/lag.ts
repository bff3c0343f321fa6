/**
 * Preloaded into the service: measures how long incoming calls would wait for the event loop. It assumes one call per
 * millisecond, also while the loop is blocked: those calls wait until the loop continues.
 */
import { percentile } from "../statistics.ts";

const STEP = 1;

let lags: number[] = [];
let due = performance.now();
setInterval(() => {
  for (const now = performance.now(); due <= now; due += STEP) lags.push(now - due);
}, STEP).unref();

/** Answers with the 99th percentile since the previous message, in milliseconds. */
process.on("message", () => {
  process.send?.(percentile(Float64Array.from(lags).sort(), 99));
  lags = [];
});
process.channel?.unref();

/** Ends the service when the bench ends, for whatever reason. */
process.on("disconnect", () => process.exit());
