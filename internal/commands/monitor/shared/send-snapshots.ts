import type { Call } from "../../../base/context.ts";
import type { SharedReadings } from "./shared-readings.ts";

/** Parameters of the contracts, in seconds. */
interface Timing {
  readonly duration: number;
  readonly interval: number;
}

/** The current value and the one of the previous snapshot. */
export interface Change<T> {
  readonly before: T;
  readonly now: T;
  /** Time between the two. */
  readonly seconds: number;
}

/**
 * Sends a snapshot per reading, until the duration is over or `describe` returns undefined. Snapshots are skipped while
 * the client is slow.
 */
export async function sendSnapshots<T>(
  readings: SharedReadings<T>,
  { duration, interval }: Timing,
  { events, signal }: Pick<Call, "events" | "signal">,
  describe: (change: Change<T>) => object | undefined,
): Promise<{ snapshots: number; skipped: number }> {
  let [snapshots, skipped] = [0, 0];
  let before: { readonly value: T; readonly at: number } | undefined;
  for await (const reading of readings.every(interval * 1000, ticksIn(duration, interval), signal)) {
    const { value, at } = before ?? reading;
    const snapshot = describe({ before: value, now: reading.value, seconds: (reading.at - at) / 1000 });
    if (snapshot === undefined) break;
    if (before !== undefined && !events.ready) {
      skipped++;
      continue;
    }
    if (before !== undefined) {
      await events.emit({ timestamp: Date.now() / 1000, ...snapshot });
      snapshots++;
    }
    before = reading;
  }
  return { snapshots, skipped };
}

/** Number of whole intervals, at least 1. The 1e-9 is for rounding errors: 0.3 / 0.1 is slightly less than 3. */
function ticksIn(duration: number, interval: number): number {
  return duration === 0 ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(duration / interval + 1e-9));
}
