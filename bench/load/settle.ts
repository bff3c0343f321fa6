import { setTimeout as pause } from "node:timers/promises";
import type { Load } from "./load.ts";

/** Milliseconds between two checks. */
const INTERVAL = 20;
/** Maximum age in milliseconds of a pending request in normal operation. */
const USUAL_WAIT = 150;

/**
 * Waits until `processes` processes answer, none of them in `former`, and no request has waited for long. Returns false
 * when that has not happened within `within` milliseconds.
 */
export async function settle(
  load: Load,
  processes: number,
  { former = [], within = 15_000 }: { former?: readonly number[]; within?: number } = {},
): Promise<boolean> {
  const end = performance.now() + within;
  while (performance.now() < end) {
    const { answering, oldest } = await load.look();
    const isNew = answering.every((pid) => !former.includes(pid));
    if (answering.length >= processes && isNew && oldest < USUAL_WAIT) return true;
    await pause(INTERVAL);
  }
  return false;
}
