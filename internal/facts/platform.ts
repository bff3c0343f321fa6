import type { Platform } from "./facts.ts";
import { linux } from "./linux/platform.ts";
import { portable } from "./portable/platform.ts";

/**
 * Facts about this machine: from /proc and /sys on Linux, from the library systeminformation elsewhere. All other
 * directories read facts through this object, and those about child processes through `childProcesses`.
 */
export const platform: Platform = process.platform === "linux" ? linux : portable;
