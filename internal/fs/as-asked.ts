import { join } from "node:path";

/** A path below a folder, under the name that the caller gave the folder: `src` -> `src/a.ts`, `.` -> `a.ts`. */
export function asAsked(folder: unknown, relative: string): string {
  return join(String(folder), relative);
}
