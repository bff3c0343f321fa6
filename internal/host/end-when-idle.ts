import { startInterval } from "../../protocol/timers.ts";

/** What an idle service is known by. */
export interface Activity {
  /** Connections that are open now. */
  readonly connections: number;
  /** Calls that have been made so far. */
  readonly calls: number;
  /** Whether something is kept for a later call, such as a shared file handle. */
  readonly isNeeded: boolean;
}

/**
 * Calls `end` once the service has been idle for a time in milliseconds: without a connection, without a call, and with
 * nothing that it keeps. Connections without a call, such as those of refused fronts, do not prolong it. Returns a
 * function that stops watching.
 */
export function endWhenIdle(timeout: number, activity: () => Activity, end: () => void): () => void {
  let idleSince = performance.now();
  let calls = 0;
  const timer = startInterval(
    () => {
      const now = activity();
      if (now.connections > 0 || now.isNeeded || now.calls !== calls) idleSince = performance.now();
      calls = now.calls;
      if (performance.now() - idleSince < timeout) return;
      stop();
      end();
    },
    Math.min(1_000, timeout / 4),
  );
  const stop = () => clearInterval(timer);
  return stop;
}
