import { chmodSync, lstatSync, mkdirSync, readlinkSync, type Stats } from "node:fs";
import { XsysError } from "../../protocol/errors.ts";
import { copyEntry, copyEntryOver, type Keep, keepAttributes, noCopyOf } from "./copy-entry.ts";
import { checkpoint, type Interrupt } from "./interrupt.ts";
import { type ExactPath, type TreeEntry, walk } from "./walk.ts";

export interface CopyOptions {
  readonly keep: Keep;
  /** What has the same size and modification time as its source is left alone. */
  readonly skipSame: boolean;
  readonly interrupt: Interrupt;
}

export interface CopyTally {
  copied: number;
  skipped: number;
  bytes: number;
}

/**
 * Copies what is in a folder into another, which is made or merged into. Links are copied as links; below `dest` none
 * is followed either, so that nothing is written outside of it. A FIFO, socket or device is an UNSUPPORTED.
 */
export async function copyFolder(src: string, dest: string, options: CopyOptions): Promise<CopyTally> {
  const tally: CopyTally = { copied: 0, skipped: 0, bytes: 0 };
  const pause = checkpoint(options.interrupt);
  const made: MadeFolder[] = [];
  const isNew = makeFolder(src, dest, made);
  for (const entry of walk(src)) {
    const wait = pause();
    if (wait !== undefined) await wait;
    const to = destinationOf(entry.path, src, dest);
    if (entry.kind === "folder") makeFolder(entry.path, to, made);
    else copyLeaf(entry, to, isNew, options, tally);
  }
  for (const { stats, path } of made.reverse()) keepAttributes(stats, path, options.keep);
  return tally;
}

/** Copies a file or link over what is there, unless it is up to date. */
export function updateEntry(
  from: ExactPath,
  stats: Stats,
  to: ExactPath,
  { keep, skipSame }: CopyOptions,
  tally: CopyTally,
) {
  if (skipSame && isUpToDate(from, stats, to)) {
    tally.skipped++;
    return;
  }
  copyEntryOver(from, stats, to, keep);
  count(stats, tally);
}

/** Finds what cannot be copied before anything is, where a failure midway would leave a part. */
export function refuseSpecial(src: string): void {
  for (const { kind, path } of walk(src)) if (kind === "other") throw noCopyOf(path);
}

interface MadeFolder {
  readonly stats: Stats;
  readonly path: ExactPath;
}

/** Makes a folder that only this process may enter until all is in it. False when it is there already. */
function makeFolder(src: ExactPath, dest: ExactPath, made: MadeFolder[]): boolean {
  try {
    mkdirSync(dest, 0o700);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    if (lstatSync(dest).isDirectory()) return false;
    throw new XsysError("NOT_A_DIRECTORY", `copying failed on ${src}: ${dest} is there and is no directory`, {
      details: { path: dest.toString() },
    });
  }
  made.push({ stats: lstatSync(src), path: dest });
  return true;
}

function destinationOf(path: ExactPath, src: string, dest: string): ExactPath {
  if (typeof path === "string") return dest + path.slice(src.length);
  return Buffer.concat([Buffer.from(dest), path.subarray(Buffer.byteLength(src))]);
}

function copyLeaf(entry: TreeEntry, to: ExactPath, isNew: boolean, options: CopyOptions, tally: CopyTally): void {
  const stats = lstatSync(entry.path);
  if (!isNew) {
    updateEntry(entry.path, stats, to, options, tally);
    return;
  }
  copyEntry(entry.path, stats, to, options.keep);
  count(stats, tally);
}

function count(stats: Stats, tally: CopyTally): void {
  tally.copied++;
  if (stats.isFile()) tally.bytes += stats.size;
}

/** A time that went through utimes, as seconds in a double, comes back up to half a microsecond off. */
const SAME_MILLISECONDS = 0.002;

/** Also sets a mode that differs: that is not worth writing the file again. */
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
