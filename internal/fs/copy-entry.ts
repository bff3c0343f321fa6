import {
  chmodSync,
  constants,
  copyFileSync,
  lchownSync,
  lstatSync,
  lutimesSync,
  readlinkSync,
  renameSync,
  rmSync,
  type Stats,
  symlinkSync,
} from "node:fs";
import { XsysError } from "../../protocol/errors.ts";
import { blaming, tempBeside } from "./temp-path.ts";
import type { ExactPath } from "./walk.ts";

/** What is kept beside contents and permissions. */
export interface Keep {
  readonly times: boolean;
  /** As far as the process may. */
  readonly owner: boolean;
}

/** Copies a file or a link to a name that is free. */
export function copyEntry(src: ExactPath, stats: Stats, dest: ExactPath, keep: Keep): void {
  if (stats.isFile()) copyFileSync(src, dest, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  else if (stats.isSymbolicLink()) symlinkSync(readlinkSync(src, "buffer"), dest);
  else throw noCopyOf(src);
  keepAttributes(stats, dest, keep);
}

/** Copies a file or a link over another, or to a free name, in one step. */
export function copyEntryOver(src: ExactPath, stats: Stats, dest: ExactPath, keep: Keep): void {
  const temp = tempBeside(dest);
  try {
    copyEntry(src, stats, temp, keep);
    renameSync(temp, dest);
  } catch (error) {
    rmSync(temp, { force: true });
    throw blaming(error, temp, dest);
  }
}

/** Gives a copy the mode, and what else is to be kept. Contents come before: a folder may not take any afterwards. */
export function keepAttributes(stats: Stats, dest: ExactPath, keep: Keep): void {
  const owned = keep.owner && keepOwner(stats, dest);
  const mode = stats.mode & (owned ? 0o7777 : lent(stats));
  // copyFile has set a file's mode itself; only set-user-ID and set-group-ID are lost by chown, or have to be.
  if (!stats.isSymbolicLink() && (stats.isDirectory() || stats.mode & SET_ID)) chmodSync(dest, mode);
  if (keep.times) lutimesSync(dest, stats.atimeMs / 1000, stats.mtimeMs / 1000);
}

/** Node can make no FIFO, socket or device. */
export function noCopyOf(path: ExactPath): XsysError {
  return new XsysError("UNSUPPORTED", `copying failed on ${path}: it is a FIFO, socket or device`, {
    details: { path: path.toString() },
  });
}

const SET_ID = 0o6000;

/**
 * Bits that a copy may have under another owner: with set-user-ID it would lend the copying user's rights. (Until here
 * it could not be executed: the kernel refuses to while copyFile has it open for writing.) On a folder, set-group-ID
 * only says whose group new entries get.
 */
function lent(stats: Stats): number {
  return stats.isDirectory() ? 0o3777 : 0o1777;
}

function keepOwner({ uid, gid }: Stats, dest: ExactPath): boolean {
  const now = lstatSync(dest);
  if (now.uid === uid && now.gid === gid) return true;
  try {
    lchownSync(dest, uid, gid);
    return true;
  } catch {
    return false;
  }
}
