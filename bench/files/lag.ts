/**
 * Preloaded into the service: measures how long incoming calls would wait for the event loop. It assumes one call per
 * millisecond, also while the loop is blocked: those calls wait until the loop continues.
 */
import { isMainThread } from "node:worker_threads";
import { percentile } from "../statistics.ts";

export interface LoopFigures {
  /** 99th percentile of the delay, in milliseconds. On a busy machine most of it is waiting for a processor. */
  readonly lag: number;
  /** Longest work of the loop between two steps: processor time of its thread in milliseconds. */
  readonly work: number;
}

const STEP = 1;

/** Pool threads are started with the same options, but only the service's own event loop is measured. */
if (isMainThread) measureLoop();

function measureLoop(): void {
  let lags: number[] = [];
  let work = 0;
  let due = performance.now();
  let used = processorTime();
  setInterval(() => {
    for (const now = performance.now(); due <= now; due += STEP) lags.push(now - due);
    const before = used;
    used = processorTime();
    work = Math.max(work, used - before);
  }, STEP).unref();

  process.on("message", () => {
    const figures: LoopFigures = { lag: percentile(Float64Array.from(lags).sort(), 99), work };
    process.send?.(figures);
    lags = [];
    work = 0;
    used = processorTime(); // answering is not the service's work
  });
  process.channel?.unref();

  // Ends the service when the bench ends, for whatever reason.
  process.on("disconnect", () => process.exit());
}

/** Processor time of this thread in milliseconds. */
function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
