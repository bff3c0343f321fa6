import { chmodSync, lstatSync, readlinkSync, type Stats } from "node:fs";
import type { ExactPath } from "../../../files/walk.ts";
import type { Pace } from "../shared/copy-blocks.ts";
import type { Copied } from "../shared/copy-contents.ts";
import { copyEntryOver } from "../shared/copy-entry.ts";
import type { CopyJob, CopyTally } from "../shared/copy-job.ts";

interface Updating {
  readonly job: CopyJob;
  readonly tally: CopyTally;
  readonly pace: Pace;
}

/** Copies a file or symbolic link, replacing an existing one. With `skipSame`, skips it if it is up to date. */
export function updateEntry(
  from: ExactPath,
  stats: Stats,
  to: ExactPath,
  { job, tally, pace }: Updating,
): Promise<void> | undefined {
  if (job.skipSame && isUpToDate(from, stats, to)) {
    tally.skipped++;
    return undefined;
  }
  return copyEntryOver(from, stats.isFile(), to, job.keep, pace).then((copied) => count(copied, tally));
}

export function count({ bytes }: Copied, tally: CopyTally): void {
  tally.copied++;
  tally.bytes += bytes;
}

/** A time set with utimes, which takes seconds as a double, reads back up to half a microsecond off. */
const SAME_MILLISECONDS = 0.002;

/** Also corrects a mode that differs, which does not require copying the file again. */
function isUpToDate(from: ExactPath, stats: Stats, to: ExactPath): boolean {
  const there = lstatSync(to, { throwIfNoEntry: false });
  if (there === undefined || there.isFile() !== stats.isFile() || there.isSymbolicLink() !== stats.isSymbolicLink()) {
    return false;
  }
  if (stats.isSymbolicLink()) return readlinkSync(from, "buffer").equals(readlinkSync(to, "buffer"));
  if (there.size !== stats.size || Math.abs(there.mtimeMs - stats.mtimeMs) > SAME_MILLISECONDS) return false;
  if ((there.mode ^ stats.mode) & 0o777) chmodSync(to, stats.mode & 0o777);
  return true;
}
