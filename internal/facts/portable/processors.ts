import { cpus } from "node:os";
import type { Processor, ProcessorTimes } from "../facts.ts";
import { systeminformation } from "./systeminformation.ts";

export async function readProcessors(): Promise<Processor[]> {
  const { vendor, physicalCores } = await (await systeminformation()).cpu();
  return cpus().map(({ model, speed }, index) => ({
    name: `cpu${index}`,
    vendor_id: vendor,
    brand: model,
    frequency: speed,
    core_count: physicalCores,
  }));
}

/** In milliseconds. */
export function readProcessorTimes(): ProcessorTimes[] {
  return cpus().map(({ times: { user, nice, sys, idle, irq } }, index) => {
    const busy = user + nice + sys + irq;
    return { name: `cpu${index}`, busy, total: busy + idle };
  });
}
