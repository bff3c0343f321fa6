import type { Progress } from "../../protocol/wire/event-stream.ts";

/** What a task tells its progress with, as often as it likes. */
export type Report = (progress: Progress) => void;

/** Milliseconds between two reports that are passed on. */
const INTERVAL = 100;

/** Passes on the first report, then one in a while, and that all is done: a task may report every file and every block. */
export function throttled(report: Report): Report {
  let next = 0;
  return (progress) => {
    const now = performance.now();
    if (now < next && progress.done !== progress.total) return;
    next = now + INTERVAL;
    report(progress);
  };
}

/** Makes a report for each of several tasks that share one work; what is passed on is what they have done together. */
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
