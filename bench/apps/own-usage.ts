import { readFileSync } from "node:fs";
import { platform } from "../../internal/facts/platform.ts";

const MEBIBYTE_IN_KIB = 1_024;

/** Memory of processes in MiB. What several processes share counts in equal parts for each: proc_pid_smaps(5), Pss. */
export function memoryOf(pids: readonly number[]): { memory: number; "heaps and stacks": number } {
  const sums = pids.map((pid) => readFileSync(`/proc/${pid}/smaps_rollup`, "latin1"));
  return { memory: sumOf(sums, /^Pss:\s+(\d+) kB/m), "heaps and stacks": sumOf(sums, /^Pss_Anon:\s+(\d+) kB/m) };
}

function sumOf(texts: readonly string[], field: RegExp): number {
  return texts.reduce((sum, text) => sum + Number(field.exec(text)?.[1]), 0) / MEBIBYTE_IN_KIB;
}

/** CPU time that processes have used, in seconds. */
export async function cpuSecondsOf(pids: readonly number[]): Promise<number> {
  const usages = await Promise.all(pids.map((pid) => platform.processUsage(pid)));
  return usages.reduce(
    (sum, usage) => sum + (usage !== undefined && "seconds" in usage.cpu ? usage.cpu.seconds : 0),
    0,
  );
}
