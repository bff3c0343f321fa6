import { chmodSync, rmSync } from "node:fs";
import { walk } from "../../../files/walk.ts";

/**
 * Task: removes whatever is there; links are not followed. Node leaves it to C++'s remove_all, which goes by open
 * folders (openat), so a folder swapped for a link meanwhile leads nowhere else. It gives the errno without its sign.
 *
 * `unlock` is for a copy that is given up: folders in it may have been made read-only already.
 */
export default function removeTree({ path, unlock = false }: { path: string; unlock?: boolean }): void {
  if (unlock) makeWritable(path);
  try {
    rmSync(path, { recursive: true });
  } catch (error) {
    const failure = error as NodeJS.ErrnoException;
    if (failure.errno !== undefined) failure.errno = -Math.abs(failure.errno);
    throw failure;
  }
}

/** The walk reads a folder after it has given it, and so after it may be read. */
function makeWritable(path: string): void {
  chmodSync(path, 0o700);
  for (const entry of walk(path)) if (entry.kind === "folder") chmodSync(entry.path, 0o700);
}
