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
import { XsysError } from "../../protocol/errors.ts";
import { blaming, tempBeside } from "../files/temp-path.ts";
import type { ExactPath } from "../files/walk.ts";
import { copyContents } from "./copy-contents.ts";

/** What is kept beside contents and permissions. */
export interface Keep {
  readonly times: boolean;
  /** As far as the process may. */
  readonly owner: boolean;
}

/** Copies a file or a link to a name that is free. */
export function copyEntry(src: ExactPath, stats: Stats, dest: ExactPath, keep: Keep): void {
  if (stats.isFile()) copyContents(src, stats, dest);
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

/** Gives a copy what else is to be kept, and a folder its mode, which may not let contents in any more. */
export function keepAttributes(stats: Stats, dest: ExactPath, keep: Keep): void {
  const owned = keep.owner && keepOwner(stats, dest);
  if (stats.isDirectory())
    chmodSync(dest, stats.mode & (owned ? 0o7777 : 0o3777)); // set-group-ID lends a folder's group
  else if (owned && stats.mode & SET_ID) chmodSync(dest, stats.mode & 0o7777);
  if (keep.times) lutimesSync(dest, stats.atimeMs / 1000, stats.mtimeMs / 1000);
}

/** Node can make no FIFO, socket or device. */
export function noCopyOf(path: ExactPath): XsysError {
  return new XsysError("UNSUPPORTED", `copying failed on ${path}: it is a FIFO, socket or device`, {
    details: { path: path.toString() },
  });
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
