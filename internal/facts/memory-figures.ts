import type { Memory } from "./facts.ts";
import { percentOf } from "./percent.ts";

/** What a platform tells of memory and swap, in bytes. */
interface Counted {
  readonly total: number;
  readonly available: number;
  readonly free: number;
  readonly swapTotal: number;
  readonly swapUsed: number;
  readonly swapFree: number;
}

/** Memory as it is answered with: what is in use, and the shares, follow from what was counted. */
export function memoryFigures({ total, available, free, swapTotal, swapUsed, swapFree }: Counted): Memory {
  const used = Math.max(0, total - available);
  return {
    total,
    available,
    used,
    free,
    usage_percent: percentOf(used, total),
    swap_total: swapTotal,
    swap_used: swapUsed,
    swap_free: swapFree,
    swap_percent: percentOf(swapUsed, swapTotal),
  };
}
