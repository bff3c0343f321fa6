import { loadavg } from "node:os";
import { system } from "../../../protocol/commands/monitor.ts";
import { handle } from "../../base/handler.ts";
import type { ProcessorTimes } from "../../facts/facts.ts";
import { percentOf } from "../../facts/percent.ts";
import { platform } from "../../facts/platform.ts";
import { type Change, sendSnapshots } from "./shared/send-snapshots.ts";
import { SharedReadings } from "./shared/shared-readings.ts";

interface Machine {
  readonly processors: readonly ProcessorTimes[];
  readonly memory_used: number;
  readonly memory_total: number;
  readonly swap_used: number;
  readonly process_count: number;
  readonly load_one: number;
}

const readings = new SharedReadings(readMachine);

export default handle(system, (timing, call) =>
  sendSnapshots(readings, timing, call, (change) => {
    const { processors: _, ...facts } = change.now;
    return { cpu_usage: usageOf(change), ...facts };
  }),
);

/** Takes 0.1 ms on Linux with 150 processes. */
async function readMachine(): Promise<Machine> {
  const { used: memory_used, total: memory_total, swap_used } = await platform.memory();
  return {
    processors: platform.processorTimes(),
    memory_used,
    memory_total,
    swap_used,
    process_count: await platform.processCount(),
    load_one: loadavg()[0] ?? 0,
  };
}

/** A processor that came online meanwhile counts from the next snapshot on. */
function usageOf({ before, now }: Change<Machine>): number {
  const earlier = new Map(before.processors.map((times) => [times.name, times]));
  let [busy, total] = [0, 0];
  for (const times of now.processors) {
    const known = earlier.get(times.name) ?? times;
    busy += times.busy - known.busy;
    total += times.total - known.total;
  }
  return percentOf(busy, total);
}
