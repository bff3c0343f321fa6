import { setTimeout as pause } from "node:timers/promises";
import type { Load } from "./load.ts";

/** Milliseconds between two looks. */
const INTERVAL = 20;
/** Milliseconds that a request under way may have waited, with nothing the matter. */
const USUAL_WAIT = 150;

/**
 * Waits until so many processes answer, none of them one of the `former`, and no request is left waiting. Tells whether
 * that came about within so many milliseconds.
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
