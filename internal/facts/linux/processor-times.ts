import { readFileSync } from "node:fs";
import type { ProcessorTimes } from "../facts.ts";

/** In clock ticks. From /proc/stat, see proc_stat(5). */
export function readProcessorTimes(): ProcessorTimes[] {
  return parseProcessorTimes(readFileSync("/proc/stat", "utf8"));
}

/**
 * Lines such as `cpu0 user nice system idle iowait irq softirq steal guest guest_nice`, one per online processor. Guest
 * time is part of user time, so the last two fields are not added.
 */
export function parseProcessorTimes(stat: string): ProcessorTimes[] {
  const processors: ProcessorTimes[] = [];
  for (const [, name = "", fields = ""] of stat.matchAll(/^(cpu\d+) (.*)$/gm)) {
    const ticks = fields.trim().split(/\s+/, 8).map(Number);
    if (!ticks.every(Number.isFinite)) continue;
    const total = ticks.reduce((sum, tick) => sum + tick, 0);
    const [, , , idle = 0, iowait = 0] = ticks;
    processors.push({ name, busy: total - idle - iowait, total });
  }
  return processors;
}
