import { readFileSync } from "node:fs";

/** Milliseconds between two looks at the count, and events in them below which a burst is over. */
const INTERVAL = 150;
const CALM = 300;
/** Looks after which a burst that does not end is taken for one. */
const LONG = 30;

let counted = 0;
let before = 0;
let looks = 0;
let timer: NodeJS.Timeout | undefined;
const listeners = new Set<() => void>();

/**
 * Counts what the operating system tells this process, all watchers together: they share one inotify queue, which drops
 * what does not fit and libuv keeps silent about it. A queue that ran over was full, so a burst of a quarter of its
 * size (fs.inotify.max_queued_events, 16,384 mostly) is reason enough to look for what was lost.
 */
export function countTold(): void {
  counted += 1;
  timer ??= setInterval(lookAtCount, INTERVAL).unref();
}

/** Runs after every burst. The function returned ends it. */
export function afterBursts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function lookAtCount(): void {
  looks += 1;
  const goesOn = counted - before >= CALM && looks < LONG;
  before = counted;
  if (goesOn) return;
  const wasBurst = counted >= queueSize() / 4;
  clearInterval(timer);
  timer = undefined;
  [counted, before, looks] = [0, 0, 0];
  if (wasBurst) for (const listener of listeners) listener();
}

function queueSize(): number {
  try {
    return Number.parseInt(readFileSync("/proc/sys/fs/inotify/max_queued_events", "latin1"), 10);
  } catch {
    return 16_384;
  }
}
