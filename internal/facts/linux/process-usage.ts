import type { ProcessUsage } from "../facts.ts";
import { ticksPerSecond } from "./clock.ts";
import { readKernelFile } from "./kernel-file.ts";
import { parseIo } from "./process-details.ts";
import { readWholeProcess } from "./process-stat.ts";

/** Three files of the process's: 30 µs. One that has ended and was not waited for (`Z`) runs no more. */
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
