import { readFileSync } from "node:fs";
import { platform } from "../../internal/facts/platform.ts";

const MEBIBYTE_IN_KIB = 1_024;

/** Memory of processes in MiB. What several processes share counts in equal parts for each: proc_pid_smaps(5), Pss. */
export function memoryOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + pss(pid), 0) / MEBIBYTE_IN_KIB;
}

function pss(pid: number): number {
  const [, kibibytes] = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "latin1")) ?? [];
  return Number(kibibytes);
}

/** CPU time that processes have used, in seconds. */
export async function cpuSecondsOf(pids: readonly number[]): Promise<number> {
  const usages = await Promise.all(pids.map((pid) => platform.processUsage(pid)));
  return usages.reduce(
    (sum, usage) => sum + (usage !== undefined && "seconds" in usage.cpu ? usage.cpu.seconds : 0),
    0,
  );
}
