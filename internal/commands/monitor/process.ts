import { process } from "../../../protocol/commands/monitor.ts";
import { XsysError } from "../../../protocol/errors.ts";
import { handle } from "../../base/handler.ts";
import type { ProcessUsage } from "../../facts/facts.ts";
import { twoDecimals } from "../../facts/percent.ts";
import { platform } from "../../facts/platform.ts";
import { type Change, sendSnapshots } from "./shared/send-snapshots.ts";
import { SharedReadings } from "./shared/shared-readings.ts";

type Readings = SharedReadings<ProcessUsage | undefined>;

/** Readings of the monitored processes, by pid. */
const followed = new Map<number, Readings>();

export default handle(process, async ({ pid, ...timing }, call) => {
  const first = await platform.processUsage(pid);
  if (first === undefined) {
    throw new XsysError("NOT_FOUND", `monitor.process: there is no process ${pid}`, { details: { pid } });
  }
  const readings = readingsOf(pid);
  try {
    return await sendSnapshots(readings, timing, call, (change) =>
      change.now?.start === first.start ? describe(change as Change<ProcessUsage>) : undefined,
    );
  } finally {
    if (!readings.followed) followed.delete(pid);
  }
});

function readingsOf(pid: number): Readings {
  const readings = followed.get(pid) ?? new SharedReadings(() => platform.processUsage(pid));
  followed.set(pid, readings);
  return readings;
}

function describe({ before, now: { cpu, memory, disk_read, disk_write }, seconds }: Change<ProcessUsage>) {
  return { cpu_usage: twoDecimals(usage(before.cpu, cpu, seconds)), memory, disk_read, disk_write };
}

function usage(before: ProcessUsage["cpu"], now: ProcessUsage["cpu"], seconds: number): number {
  if ("percent" in now) return now.percent;
  return "seconds" in before && seconds > 0 ? (100 * Math.max(0, now.seconds - before.seconds)) / seconds : 0;
}
