import { startTimer } from "../../../protocol/timers.ts";
import type { Upstream } from "./upstream.ts";

/** Milliseconds to wait for the reasons. */
const REASON_TIMEOUT = 1_000;

/**
 * Whether a request may be the cause of an upstream's end: one of those that have received it has ended by itself, and
 * not by a signal from outside.
 */
export async function mayHaveEnded(received: readonly Upstream[]): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = startTimer(() => resolve(false), REASON_TIMEOUT);
  const reasons = received.map(async ({ whyLost }) => {
    if ((await whyLost) === "own") resolve(true);
  });
  void Promise.all(reasons).then(() => resolve(false));
  const result = await promise;
  clearTimeout(timer);
  return result;
}
