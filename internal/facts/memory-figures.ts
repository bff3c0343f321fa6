import type { Memory } from "./facts.ts";
import { percentOf } from "./percent.ts";

/** Memory and swap as a platform reports them, in bytes. */
interface Counted {
  readonly total: number;
  readonly available: number;
  readonly free: number;
  readonly swapTotal: number;
  readonly swapUsed: number;
  readonly swapFree: number;
}

/** The result of `sys.memory`: adds the used bytes and the percentages to the reported values. */
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
