import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Creates a folder and its missing parents. An existing folder is left unchanged. Returns the topmost folder created,
 * if any. Node's own `recursive` option never returns if the parent exists but creating the folder still fails with
 * ENOENT, as below /proc: it creates the parent again and again.
 * @throws the error of the operating system.
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
    // A read-only file system reports EROFS even if the folder exists.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
    return undefined;
  }
}
