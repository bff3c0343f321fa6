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
import { blaming, tempBeside } from "../files/temp-path.ts";
import type { ExactPath } from "../files/walk.ts";
import { copyContents, noCopyOf } from "./copy-contents.ts";

/** What is kept beside contents and permissions. */
export interface Keep {
  readonly times: boolean;
  /** As far as the process may. */
  readonly owner: boolean;
}

/** Copies a file or a link to a name that is free, and gives the stats of what it has copied. */
export function copyEntry(src: ExactPath, isFile: boolean, dest: ExactPath, keep: Keep): Stats {
  const stats = isFile ? copyContents(src, dest) : copyLink(src, dest);
  keepAttributes(stats, dest, keep);
  return stats;
}

/** Copies a file or a link over another, or to a free name, in one step. */
export function copyEntryOver(src: ExactPath, isFile: boolean, dest: ExactPath, keep: Keep): Stats {
  const temp = tempBeside(dest);
  try {
    const stats = copyEntry(src, isFile, temp, keep);
    renameSync(temp, dest);
    return stats;
  } catch (error) {
    rmSync(temp, { force: true });
    throw blaming(error, temp, dest);
  }
}

/** Gives a copy what else is to be kept, and a folder its mode, which may not let contents in any more. */
export function keepAttributes(stats: Stats, dest: ExactPath, keep: Keep): void {
  const owned = keep.owner && keepOwner(stats, dest);
  if (stats.isDirectory())
    chmodSync(dest, stats.mode & (owned ? 0o7777 : 0o3777)); // set-group-ID lends a folder's group
  else if (owned && stats.mode & SET_ID) chmodSync(dest, stats.mode & 0o7777);
  if (keep.times) lutimesSync(dest, stats.atimeMs / 1000, stats.mtimeMs / 1000);
}

function copyLink(src: ExactPath, dest: ExactPath): Stats {
  const stats = lstatSync(src);
  if (!stats.isSymbolicLink()) throw noCopyOf(src);
  symlinkSync(readlinkSync(src, "buffer"), dest);
  return stats;
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
