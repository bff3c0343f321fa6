import { readFileSync } from "node:fs";

/** Milliseconds between two checks of the event count. */
const INTERVAL = 150;
/** Events per interval below which a burst has ended. */
const CALM = 300;
/** Number of checks after which a burst that goes on is treated as ended. */
const MAX_CHECKS = 30;

let counted = 0;
let before = 0;
let checks = 0;
let timer: NodeJS.Timeout | undefined;
const listeners = new Set<() => void>();

/**
 * Counts the events that the operating system reports to this process, for all watchers together. They share one
 * inotify queue, which drops events when it is full, and libuv does not report that. So after a burst of at least a
 * quarter of the queue's size (fs.inotify.max_queued_events, usually 16,384) the trees are compared, to find lost
 * events.
 */
export function countEvent(): void {
  counted += 1;
  timer ??= setInterval(checkCount, INTERVAL).unref();
}

/** Calls `listener` after every burst. Returns a function that removes it. */
export function afterBursts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function checkCount(): void {
  checks += 1;
  const goesOn = counted - before >= CALM && checks < MAX_CHECKS;
  before = counted;
  if (goesOn) return;
  const wasBurst = counted >= queueSize() / 4;
  clearInterval(timer);
  timer = undefined;
  [counted, before, checks] = [0, 0, 0];
  if (wasBurst) for (const listener of listeners) listener();
}

function queueSize(): number {
  try {
    return Number.parseInt(readFileSync("/proc/sys/fs/inotify/max_queued_events", "latin1"), 10);
  } catch {
    return 16_384;
  }
}
