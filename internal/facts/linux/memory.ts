import { readFileSync } from "node:fs";
import type { Memory } from "../facts.ts";
import { memoryFigures } from "../memory-figures.ts";

/** /proc/meminfo, see proc_meminfo(5). */
export function readMemory(): Memory {
  return parseMemory(readFileSync("/proc/meminfo", "utf8"));
}

/** Lines such as `MemTotal:       24684092 kB`, where kB is 1,024 bytes. A line that is missing counts as 0. */
export function parseMemory(meminfo: string): Memory {
  const field = (name: string) => 1024 * Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(meminfo)?.[1] ?? 0);
  const [total, free] = [field("MemTotal"), field("MemFree")];
  // MemAvailable exists since Linux 3.14; older kernels need this estimate.
  const available = /^MemAvailable:/m.test(meminfo) ? field("MemAvailable") : free + field("Buffers") + field("Cached");
  const [swapTotal, swapFree] = [field("SwapTotal"), field("SwapFree")];
  const swapUsed = Math.max(0, swapTotal - swapFree);
  return memoryFigures({ total, available, free, swapTotal, swapUsed, swapFree });
}
