import { chmodSync, rmSync } from "node:fs";
import { walk } from "../../../files/walk.ts";

/**
 * Task: removes a file or tree. Symbolic links are not followed. Node uses C++'s remove_all, which works relative to
 * open folders (openat), so replacing a folder with a symbolic link during removal does not redirect it. It reports the
 * errno without its sign, which is restored here.
 *
 * `unlock` is for removing an abandoned copy, whose folders may already be read-only.
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

/** The walk reads a folder after yielding it, so it is readable by then. */
function makeWritable(path: string): void {
  chmodSync(path, 0o700);
  for (const entry of walk(path)) if (entry.kind === "folder") chmodSync(entry.path, 0o700);
}
