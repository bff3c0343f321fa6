import type { Progress } from "../../protocol/event-stream.ts";

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
