import { fileURLToPath } from "node:url";

/** One-shot commands by name, as words; the second one is about a file that is there. */
export const CALLS: Readonly<Record<string, readonly string[]>> = {
  "path join": ["path", "join", "a", "b", "--json"],
  "fs stats": ["fs", "stats", fileURLToPath(import.meta.url), "--json"],
  "sys info": ["sys", "info", "--json"],
};

/** Of an empty program's time. */
export const GOALS: Readonly<Record<string, number>> = { "path join": 1.25, "fs stats": 1.35 };
