import { readFileSync } from "node:fs";
import type { ProcessorTimes } from "../facts.ts";

/** /proc/stat, see proc_stat(5). In clock ticks. */
export function readProcessorTimes(): ProcessorTimes[] {
  return parseProcessorTimes(readFileSync("/proc/stat", "utf8"));
}

/**
 * Lines such as `cpu0 user nice system idle iowait irq softirq steal guest guest_nice`, one for every processor that
 * is online. Guest time is part of user time already, so the last two are not added.
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
