import type { ProcessUsage } from "../facts.ts";
import { ticksPerSecond } from "./clock.ts";
import { readKernelFile } from "./kernel-file.ts";
import { parseIo } from "./process-details.ts";
import { readWholeProcess } from "./process-stat.ts";

/** Reads three files of the process, in 30 µs. Undefined for a zombie as well. */
export function readProcessUsage(pid: number): ProcessUsage | undefined {
  const stat = readWholeProcess(pid);
  if (stat === undefined || stat.state === "Z" || stat.state === "X") return undefined;
  return {
    start: stat.startTicks,
    cpu: { seconds: stat.cpuTicks / ticksPerSecond() },
    memory: stat.residentMemory,
    ...parseIo(readKernelFile(`/proc/${pid}/io`) ?? ""),
  };
}
