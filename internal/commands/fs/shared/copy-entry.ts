import {
  chmodSync,
  lchownSync,
  lstatSync,
  lutimesSync,
  readlinkSync,
  renameSync,
  rmSync,
  type Stats,
  symlinkSync,
} from "node:fs";
import { tempBeside, withRequestedPath } from "../../../files/temp-path.ts";
import type { ExactPath } from "../../../files/walk.ts";
import type { Pace } from "./copy-blocks.ts";
import { type Copied, cannotCopy, copyContents } from "./copy-contents.ts";

/** What is preserved in addition to contents and permissions. */
export interface Keep {
  readonly times: boolean;
  /** Best effort: requires the right to change owners. */
  readonly owner: boolean;
}

/** Copies a file or symbolic link to a path that does not exist yet. Returns a promise for large files. */
export function copyEntry(
  src: ExactPath,
  isFile: boolean,
  dest: ExactPath,
  keep: Keep,
  pace: Pace,
): Copied | Promise<Copied> {
  const copied = isFile ? copyContents(src, dest, pace) : copyLink(src, dest);
  if (copied instanceof Promise) return copied.then((done) => withAttributes(done, dest, keep));
  return withAttributes(copied, dest, keep);
}

function withAttributes(copied: Copied, dest: ExactPath, keep: Keep): Copied {
  keepAttributes(copied.stats, dest, keep);
  return copied;
}

/** Copies a file or symbolic link atomically, replacing an existing one. */
export async function copyEntryOver(
  src: ExactPath,
  isFile: boolean,
  dest: ExactPath,
  keep: Keep,
  pace: Pace,
): Promise<Copied> {
  const temp = tempBeside(dest);
  try {
    const copied = await copyEntry(src, isFile, temp, keep, pace);
    renameSync(temp, dest);
    return copied;
  } catch (error) {
    rmSync(temp, { force: true });
    throw withRequestedPath(error, temp, dest);
  }
}

/**
 * Applies the preserved attributes to a copy. A folder's mode is set here, last, because it may forbid adding entries.
 */
export function keepAttributes(stats: Stats, dest: ExactPath, keep: Keep): void {
  const owned = keep.owner && keepOwner(stats, dest);
  if (stats.isDirectory())
    chmodSync(dest, stats.mode & (owned ? 0o7777 : 0o3777)); // set-group-ID lends a folder's group
  else if (owned && stats.mode & SET_ID) chmodSync(dest, stats.mode & 0o7777);
  if (keep.times) lutimesSync(dest, stats.atimeMs / 1000, stats.mtimeMs / 1000);
}

function copyLink(src: ExactPath, dest: ExactPath): Copied {
  const stats = lstatSync(src);
  if (!stats.isSymbolicLink()) throw cannotCopy(src);
  symlinkSync(readlinkSync(src, "buffer"), dest);
  return { stats, bytes: 0 };
}

const SET_ID = 0o6000;

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
