import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder, and those above it that are missing; one that is there is left as it is. Node's own `recursive` never
 * returns where the parent is there and a new folder is still ENOENT, as below /proc: it makes the parent again and again.
 * Gives the topmost that it made, if any.
 * @throws what the system says.
 */
export function makeFolder(path: string, mode: number = 0o777): string | undefined {
  try {
    return make(path, mode);
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || parent === path) throw error;
    const topmost = makeFolder(parent, mode);
    const made = make(path, mode);
    return topmost ?? made;
  }
}

function make(path: string, mode: number): string | undefined {
  try {
    mkdirSync(path, { mode });
    return path;
  } catch (error) {
    // On a file system that is read only, what is there is told as EROFS.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
    return undefined;
  }
}
