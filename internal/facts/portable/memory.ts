import type { Memory } from "../facts.ts";
import { percentOf } from "../percent.ts";
import { systeminformation } from "./systeminformation.ts";

export async function readMemory(): Promise<Memory> {
  const { total, available, free, swaptotal, swapused, swapfree } = await (await systeminformation()).mem();
  const used = Math.max(0, total - available);
  return {
    total,
    available,
    used,
    free,
    usage_percent: percentOf(used, total),
    swap_total: swaptotal,
    swap_used: swapused,
    swap_free: swapfree,
    swap_percent: percentOf(swapused, swaptotal),
  };
}
