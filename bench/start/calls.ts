import { fileURLToPath } from "node:url";

/** Arguments of one-shot commands, by name. The file of the second one exists. */
export const CALLS: Readonly<Record<string, readonly string[]>> = {
  "path join": ["path", "join", "a", "b", "--json"],
  "fs stats": ["fs", "stats", fileURLToPath(import.meta.url), "--json"],
  "sys info": ["sys", "info", "--json"],
};

/** Maximum times, as multiples of an empty program's time. */
export const GOALS: Readonly<Record<string, number>> = { "path join": 1.25, "fs stats": 1.35 };
