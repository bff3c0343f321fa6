import { lstat, opendir, rm } from "node:fs/promises";
import { join } from "node:path";
import { writerOf } from "./temp-path.ts";

/**
 * Temporary files changed within this many milliseconds are kept: their writer may run in another process id namespace.
 */
const MIN_AGE_MILLISECONDS = 3_600_000;
/** Maximum number of entries checked per folder. They take 1 to 2 ms. */
const MAX_ENTRIES = 4_096;
/** Maximum number of folders remembered as checked. */
const MAX_FOLDERS = 1_000;

const seen = new Set<string>();

/**
 * Removes temporary files that killed processes of this user left in a folder: those whose process no longer runs and
 * that are unchanged for an hour. A process checks each folder it writes to once. Errors are ignored: they do not
 * concern the write.
 */
export async function removeLeftovers(folder: string): Promise<void> {
  if (seen.has(folder)) return;
  if (seen.size >= MAX_FOLDERS) seen.clear();
  seen.add(folder);
  try {
    let left = MAX_ENTRIES;
    for await (const entry of await opendir(folder, { bufferSize: 1_024 })) {
      if (left-- === 0) return;
      const pid = entry.isFile() ? writerOf(entry.name) : undefined;
      if (pid !== undefined && (await isAbandoned(join(folder, entry.name), pid))) await rm(join(folder, entry.name));
    }
  } catch {
    // the folder is not readable, or another process removed the file first
  }
}

async function isAbandoned(path: string, pid: number): Promise<boolean> {
  const { uid, mtimeMs } = await lstat(path);
  if (uid !== process.getuid?.() || Date.now() - mtimeMs < MIN_AGE_MILLISECONDS) return false;
  // In a container, the previous process often had the same id as this one.
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
