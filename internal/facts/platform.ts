import type { Platform } from "./facts.ts";
import { linux } from "./linux/platform.ts";
import { portable } from "./portable/platform.ts";

/** The one place where the platform is chosen: /proc and /sys on Linux, systeminformation on macOS, Windows and others. */
export const platform: Platform = process.platform === "linux" ? linux : portable;
