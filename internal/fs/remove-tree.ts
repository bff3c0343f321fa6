import { rmSync } from "node:fs";

/**
 * Task: removes whatever is there; links are not followed. Node leaves it to C++'s remove_all, which goes by open
 * folders (openat), so a folder swapped for a link meanwhile leads nowhere else. It gives the errno without its sign.
 */
export default function removeTree({ path }: { path: string }): void {
  try {
    rmSync(path, { recursive: true });
  } catch (error) {
    const failure = error as NodeJS.ErrnoException;
    if (failure.errno !== undefined) failure.errno = -Math.abs(failure.errno);
    throw failure;
  }
}
