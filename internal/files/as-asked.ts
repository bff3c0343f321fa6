import { join } from "node:path";

/** Names what is below a folder as the caller named the folder: `src` -> `src/a.ts`, `.` -> `a.ts`. */
export function asAsked(folder: unknown): (relative: string) => string {
  const prefix = join(String(folder), "_").slice(0, -1);
  return (relative) => prefix + relative;
}
