import { readdirSync } from "node:fs";
import { exactPath, nameOf } from "./names.ts";

/** The names in a folder. Empty when it does not exist, is not a folder or cannot be read. */
export function namesIn(folder: string): string[] {
  try {
    const path = exactPath(folder);
    const names = readdirSync(path);
    // U+FFFD: a name is not UTF-8, and its bytes are lost. Reading every folder as bytes would take 1.5 times as long.
    if (!names.some((name) => name.includes("\uFFFD"))) return names;
    return readdirSync(path, "buffer").map(nameOf);
  } catch {
    return [];
  }
}
