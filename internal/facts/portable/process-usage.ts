import type { ProcessUsage } from "../facts.ts";
import { readProcesses } from "./processes.ts";
import { systeminformation } from "./systeminformation.ts";

/** Lists all processes: the library cannot query a single one. */
export async function readProcessUsage(pid: number): Promise<ProcessUsage | undefined> {
  const found = (await readProcesses({})).find((process) => process.pid === pid);
  if (found === undefined || found.status === "Zombie") return undefined;
  const { start_time: start, cpu_usage: percent, memory, disk_read, disk_write } = found;
  return { start, cpu: { percent }, memory, disk_read, disk_write };
}

export async function countProcesses(): Promise<number> {
  return (await (await systeminformation()).processes()).all;
}
