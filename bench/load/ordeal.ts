import { setTimeout as pause } from "node:timers/promises";
import type { Report } from "./ledger.ts";
import type { Load } from "./load.ts";
import { settle } from "./settle.ts";

/**
 * Repeatedly kills one of the answering processes. Then waits until all answer again, at most `within` milliseconds.
 */
export async function killEvery(
  load: Load,
  interval: number,
  { times, processes, within = 15_000 }: { times: number; processes: number; within?: number },
): Promise<Report & { kills: number; settled: boolean }> {
  await load.take();
  let kills = 0;
  for (let i = 0; i < times; i++) {
    if ((await load.kill()) !== undefined) kills++;
    await pause(interval);
  }
  const settled = await settle(load, processes, { within });
  return { ...(await load.take()), kills, settled };
}

/**
 * Number of failures other than 502. A request that must not be retried is answered with 502 when its worker is lost.
 */
export function unexpected({ failed, byKind }: Report): number {
  return failed - (byKind["502"] ?? 0);
}

/** The longest time from a kill to a failure after it, in milliseconds. */
export function latestFailure({ failures }: Report): number {
  return Math.max(0, ...failures.map(({ afterKill = 0 }) => afterKill));
}
