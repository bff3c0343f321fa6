import { readdirSync } from "node:fs";
import { exactPath, nameOf } from "./names.ts";

/** The names in a folder; none when it is gone, is no folder or may not be read. */
export function namesIn(folder: string): string[] {
  try {
    const path = exactPath(folder);
    const names = readdirSync(path);
    // Those that are not UTF-8 have lost their bytes here. Reading all as bytes would take 1.5 times as long.
    if (!names.some((name) => name.includes("\uFFFD"))) return names;
    return readdirSync(path, "buffer").map(nameOf);
  } catch {
    return [];
  }
}
