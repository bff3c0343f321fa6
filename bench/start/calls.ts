import { fileURLToPath } from "node:url";

/** Arguments of one-shot commands, by name. The file of the second one exists. */
export const CALLS: Readonly<Record<string, readonly string[]>> = {
  "path join": ["path", "join", "a", "b", "--json"],
  "fs stats": ["fs", "stats", fileURLToPath(import.meta.url), "--json"],
  "sys info": ["sys", "info", "--json"],
};

/** Commands that clients of the native front call most. */
export const FRONT_CALLS: Readonly<Record<string, readonly string[]>> = {
  "path join": ["--json", "path", "join", "a", "b"],
  "fs stats": ["--json", "fs", "stats", fileURLToPath(import.meta.url)],
  "fs read": ["--json", "fs", "read", fileURLToPath(new URL("bench.ts", import.meta.url))],
};

/** Maximum times through the front, as multiples of the time of `/bin/true`. */
export const FRONT_GOALS: Readonly<Record<string, number>> = { "path join": 1.5, "fs stats": 1.5, "fs read": 1.6 };

/** Maximum times, as multiples of an empty program's time. */
export const GOALS: Readonly<Record<string, number>> = { "path join": 1.25, "fs stats": 1.35 };
