import { join } from "node:path";

/** Joins relative paths to a folder as the caller wrote it: `src` -> `src/a.ts`, `.` -> `a.ts`. */
export function asAsked(folder: unknown): (relative: string) => string {
  const prefix = join(String(folder), "_").slice(0, -1);
  return (relative) => prefix + relative;
}
