import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fstatSync,
  lchownSync,
  openSync,
  readSync,
  rmSync,
  type Stats,
  utimesSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { XsysError } from "../../../../protocol/errors.ts";
import { READ_FLAGS } from "../../../files/open-for-reading.ts";
import type { ExactPath } from "../../../files/walk.ts";
import { copyBlocks, type Pace } from "./copy-blocks.ts";

/** Below it a file fits in one read, and its blocks are not worth an attempt to share them. */
const SMALL_BYTES = 131_072;
/** Should something else take the file's place after it was listed, opening fails for a link and does not wait. */
const FLAGS = READ_FLAGS | (constants.O_NOFOLLOW ?? 0);

export interface Copied {
  /** Of the source, as it was opened. */
  readonly stats: Stats;
  /** Copied: files of /proc have more than their size tells, and others change meanwhile. */
  readonly bytes: number;
}

/**
 * Copies a regular file's bytes, and leaves its holes holes, to a name that is free. The copy is new and belongs to the
 * process. It has the source's mode save for set-user-ID and set-group-ID, which would lend the rights of whoever copies.
 * Opening first and asking the descriptor spares the kernel a way down the path. What takes long gives way to the event
 * loop, and is a promise. On failure nothing is left.
 *
 * The contents do not go by way of copyFile: libuv asks the kernel for as many bytes as the size tells, and when the file
 * has become shorter it asks for good.
 */
export function copyContents(src: ExactPath, dest: ExactPath, pace: Pace): Copied | Promise<Copied> {
  const from = openSync(src, FLAGS);
  let isHandedOn = false;
  try {
    const stats = fstatSync(from);
    if (!stats.isFile()) throw noCopyOf(src);
    const isSmall = stats.size < SMALL_BYTES;
    if (isSmall && !hasHoles(stats)) return { stats, bytes: copySmall(from, stats, dest) };
    if (!isSmall && isCloned(src, stats, dest)) return { stats, bytes: stats.size };
    isHandedOn = true;
    return copyLarge(from, stats, dest, pace);
  } finally {
    if (!isHandedOn) closeSync(from);
  }
}

/** Node can make no FIFO, socket or device. */
export function noCopyOf(path: ExactPath): XsysError {
  return new XsysError("UNSUPPORTED", `copying failed on ${path}: it is a FIFO, socket or device`, {
    details: { path: path.toString() },
  });
}

const SET_ID = 0o6000;
let block: Buffer | undefined;

/** Fewer bytes on disk than in the file: holes, or a file system that compresses or keeps nothing on disk. */
function hasHoles({ blocks, size, blksize }: Stats): boolean {
  return size > blksize && blocks * 512 < size;
}

function copySmall(from: number, { mode, size }: Stats, dest: ExactPath): number {
  block ??= Buffer.allocUnsafeSlow(SMALL_BYTES);
  const to = openSync(dest, "wx", 0o600);
  try {
    let total = 0;
    for (let read = -1; read !== 0; ) {
      read = readSync(from, block);
      writeFully(to, block, read);
      total += read;
      // There was room for more and no more came: no further read is needed to see the end.
      if (total === size && read < block.length) break;
    }
    fchmodSync(to, mode & ~SET_ID);
    return total;
  } catch (error) {
    rmSync(dest, { force: true });
    throw error;
  } finally {
    closeSync(to);
  }
}

function writeFully(file: number, bytes: Uint8Array, length: number): void {
  for (let at = 0; at < length; ) at += writeSync(file, bytes, at, length - at);
}

async function copyLarge(from: number, stats: Stats, dest: ExactPath, pace: Pace): Promise<Copied> {
  try {
    const to = openSync(dest, "wx", 0o600);
    try {
      const bytes = await copyBlocks(from, to, { size: stats.size, hasHoles: hasHoles(stats), pace });
      fchmodSync(to, stats.mode & ~SET_ID);
      return { stats, bytes };
    } catch (error) {
      rmSync(dest, { force: true });
      throw error;
    } finally {
      closeSync(to);
    }
  } finally {
    closeSync(from);
  }
}

/** Folders, by a source's device, to which blocks cannot be shared: an attempt takes as long as copying 64 KiB. */
const withoutClones = new Set<string>();
const MAX_REMEMBERED = 1_000;

/** Whether the file system could share the blocks. libuv's copy also takes owner and times along, where it may. */
function isCloned(src: ExactPath, { uid, gid, mode, dev }: Stats, dest: ExactPath): boolean {
  const place = `${dev} ${dirname(dest.toString())}`;
  if (withoutClones.has(place)) return false;
  try {
    copyFileSync(src, dest, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw error;
    if (withoutClones.size >= MAX_REMEMBERED) withoutClones.clear();
    withoutClones.add(place);
    return false; // any other reason shows itself when the bytes are copied
  }
  const [ownUid = uid, ownGid = gid] = [process.geteuid?.(), process.getegid?.()];
  if (uid !== ownUid || gid !== ownGid) lchownSync(dest, ownUid, ownGid);
  if (mode & SET_ID) chmodSync(dest, mode & ~SET_ID);
  const now = Date.now() / 1000;
  utimesSync(dest, now, now);
  return true;
}
