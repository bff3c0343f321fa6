import { lstat, opendir, rm } from "node:fs/promises";
import { join } from "node:path";
import { leftBy } from "./temp-path.ts";

/** Milliseconds that a temporary file is left alone after its last change: its writer may run where its id is not known. */
const LEFT_ALONE = 3_600_000;
/** Entries of a folder that are looked at: as many take a millisecond or two. */
const MOST_ENTRIES = 4_096;
/** Folders that are remembered as looked at. */
const MOST_FOLDERS = 1_000;

const seen = new Set<string>();

/**
 * Removes what killed writers of this user left in a folder: temporary files whose process no longer runs, unchanged for
 * an hour. A process looks once in each folder it writes to. Whatever goes wrong is of no interest to who writes.
 */
export async function removeLeftovers(folder: string): Promise<void> {
  if (seen.has(folder)) return;
  if (seen.size >= MOST_FOLDERS) seen.clear();
  seen.add(folder);
  try {
    let left = MOST_ENTRIES;
    for await (const entry of await opendir(folder, { bufferSize: 1_024 })) {
      if (left-- === 0) return;
      const pid = entry.isFile() ? leftBy(entry.name) : undefined;
      if (pid !== undefined && (await isAbandoned(join(folder, entry.name), pid))) await rm(join(folder, entry.name));
    }
  } catch {
    // a folder that may be written to and not read, or somebody was faster
  }
}

async function isAbandoned(path: string, pid: number): Promise<boolean> {
  const { uid, mtimeMs } = await lstat(path);
  if (uid !== process.getuid?.() || Date.now() - mtimeMs < LEFT_ALONE) return false;
  // In a container the one before often had the same id as this one.
  if (pid === process.pid) return mtimeMs < performance.timeOrigin;
  return !isRunning(pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
