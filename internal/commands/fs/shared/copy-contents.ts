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

/** Smaller files fit in one read; trying to share their blocks is not worth the call. */
const SMALL_BYTES = 131_072;
/** If the file was replaced after it was listed, opening fails for a symbolic link and never blocks. */
const FLAGS = READ_FLAGS | (constants.O_NOFOLLOW ?? 0);

export interface Copied {
  /** Stats of the source, taken after opening it. */
  readonly stats: Stats;
  /**
   * Bytes copied. May differ from the size: files in /proc are larger than they report, and other files can change
   * meanwhile.
   */
  readonly bytes: number;
}

/**
 * Copies a regular file to a path that does not exist yet, and keeps its holes. The copy belongs to the process and has
 * the source's mode without set-user-ID and set-group-ID, which would grant the rights of the copying user. The file is
 * opened first and then queried through its descriptor, which saves a path lookup. Large files yield to the event loop
 * and return a promise. On failure, no copy is left.
 *
 * The bytes are not copied with copyFile: libuv asks the kernel for as many bytes as stat reported, and loops forever
 * when the file has become shorter.
 */
export function copyContents(src: ExactPath, dest: ExactPath, pace: Pace): Copied | Promise<Copied> {
  const from = openSync(src, FLAGS);
  let isHandedOn = false;
  try {
    const stats = fstatSync(from);
    if (!stats.isFile()) throw cannotCopy(src);
    const isSmall = stats.size < SMALL_BYTES;
    if (isSmall && !hasHoles(stats)) return { stats, bytes: copySmall(from, stats, dest) };
    if (!isSmall && isCloned(src, stats, dest)) return { stats, bytes: stats.size };
    isHandedOn = true;
    return copyLarge(from, stats, dest, pace);
  } finally {
    if (!isHandedOn) closeSync(from);
  }
}

/** Node cannot create FIFOs, sockets or devices. */
export function cannotCopy(path: ExactPath): XsysError {
  return new XsysError("UNSUPPORTED", `copying failed on ${path}: it is a FIFO, socket or device`, {
    details: { path: path.toString() },
  });
}

const SET_ID = 0o6000;
let block: Buffer | undefined;

/**
 * True when the file uses less space on disk than its size: it has holes, or the file system compresses or does not use
 * a disk.
 */
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
      // A short read at the expected size is the end; no further read is needed.
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

/**
 * Pairs of source device and destination folder between which blocks cannot be shared. An attempt takes as long as
 * copying 64 KiB.
 */
const withoutClones = new Set<string>();
const MAX_REMEMBERED = 1_000;

/** Returns whether the file system shared the blocks. libuv's copy may also copy owner and times; these are reset. */
function isCloned(src: ExactPath, { uid, gid, mode, dev }: Stats, dest: ExactPath): boolean {
  const place = `${dev} ${dirname(dest.toString())}`;
  if (withoutClones.has(place)) return false;
  try {
    copyFileSync(src, dest, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw error;
    if (withoutClones.size >= MAX_REMEMBERED) withoutClones.clear();
    withoutClones.add(place);
    return false; // any other error will occur again when the bytes are copied
  }
  const [ownUid = uid, ownGid = gid] = [process.geteuid?.(), process.getegid?.()];
  if (uid !== ownUid || gid !== ownGid) lchownSync(dest, ownUid, ownGid);
  if (mode & SET_ID) chmodSync(dest, mode & ~SET_ID);
  const now = Date.now() / 1000;
  utimesSync(dest, now, now);
  return true;
}
