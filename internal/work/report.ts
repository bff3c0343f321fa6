import type { Progress } from "../../protocol/wire/event-stream.ts";

/** Called by a task with its progress, as often as it likes. */
export type Report = (progress: Progress) => void;

/** Minimum interval between two reports, in milliseconds. */
const INTERVAL = 100;

/**
 * Passes on the first report, then at most one per interval, and the final one: a task may report every file or block.
 */
export function throttled(report: Report): Report {
  let next = 0;
  return (progress) => {
    const now = performance.now();
    if (now < next && progress.done !== progress.total) return;
    next = now + INTERVAL;
    report(progress);
  };
}

/** Creates a report function for each of several tasks. The reported progress is their sum. */
export function jointly(report: Report): () => Report {
  const doneBy: number[] = [];
  return () => {
    const task = doneBy.push(0) - 1;
    return (progress) => {
      doneBy[task] = progress.done;
      report({ ...progress, done: doneBy.reduce((sum, done) => sum + done) });
    };
  };
}
