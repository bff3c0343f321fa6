import { setTimeout as pause } from "node:timers/promises";
import type { Report } from "./ledger.ts";
import type { Load } from "./load.ts";
import { settle } from "./settle.ts";

/** Kills one of the processes that answer, again and again; resolves when all answer again, or do not within a while. */
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

/** Failures that are not a 502: what a request that may not be repeated has to be answered with when its worker is lost. */
export function unexpected({ failed, byKind }: Report): number {
  return failed - (byKind["502"] ?? 0);
}

/** Milliseconds from a kill to the latest failure after it. */
export function latestFailure({ failures }: Report): number {
  return Math.max(0, ...failures.map(({ afterKill = 0 }) => afterKill));
}
