import type { Memory } from "../facts.ts";
import { memoryFigures } from "../memory-figures.ts";
import { systeminformation } from "./systeminformation.ts";

export async function readMemory(): Promise<Memory> {
  const { total, available, free, swaptotal, swapused, swapfree } = await (await systeminformation()).mem();
  return memoryFigures({ total, available, free, swapTotal: swaptotal, swapUsed: swapused, swapFree: swapfree });
}
