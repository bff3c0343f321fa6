import type { FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";
import { RandomAccessReader } from "yauzl";
import { readAt } from "../shared/read-at.ts";

/** Of the records at an archive's end (PKWARE APPNOTE 4.3.14 to 4.3.16): their signatures and their fixed lengths. */
const [END, END_BYTES] = [0x06054b50, 22];
const [LOCATOR, LOCATOR_BYTES] = [0x07064b50, 20];
const [WIDE_END, WIDE_END_BYTES] = [0x06064b50, 56];
/** Of an entry in the directory (4.3.12). */
const DIRECTORY = 0x02014b50;
/** A comment of 65,535 bytes, and what may have been put behind the archive. */
const SEARCHED = 131_072;
const BLOCK = 65_536;

/** The part of a file that a zip archive is. */
export interface ZipWindow {
  readonly start: number;
  readonly end: number;
  /** There is nothing else in the file. */
  readonly isWhole: boolean;
}

/**
 * Finds the archive in a file. The places in it are counted from its own start, before which a self-extracting archive
 * has its program; behind its end a download may have left bytes. Undefined when there is none.
 */
export async function findZip(file: FileHandle): Promise<ZipWindow | undefined> {
  const { size } = await file.stat();
  const from = Math.max(0, size - SEARCHED);
  const tail = await readAt(file, from, size - from);
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END) continue;
    const end = at + END_BYTES + tail.readUInt16LE(at + 20);
    if (end > tail.length) continue;
    const start = await startOf(file, from + at, tail.subarray(at));
    if (start !== undefined) return { start, end: from + end, isWhole: start === 0 && from + end === size };
  }
  return undefined;
}

/** The archive's start, by where its directory of entries is told to be and where it is. */
async function startOf(file: FileHandle, place: number, record: Buffer): Promise<number | undefined> {
  const locator = await readAt(file, Math.max(0, place - LOCATOR_BYTES), LOCATOR_BYTES);
  if (locator.length === LOCATOR_BYTES && locator.readUInt32LE(0) === LOCATOR) {
    const told = Number(locator.readBigUInt64LE(8));
    return firstWith(file, WIDE_END, told, [0, place - LOCATOR_BYTES - WIDE_END_BYTES - told]);
  }
  const [entries, size, offset] = [record.readUInt16LE(10), record.readUInt32LE(12), record.readUInt32LE(16)];
  if (entries === 0) return Math.max(0, place - size - offset);
  return firstWith(file, DIRECTORY, offset, [0, place - size - offset]);
}

/** The first of some starts from which on a signature is where it is told to be. */
async function firstWith(file: FileHandle, signature: number, told: number, starts: readonly number[]) {
  for (const start of starts) {
    if (start < 0 || !Number.isSafeInteger(start + told)) continue;
    const bytes = await readAt(file, start + told, 4);
    if (bytes.length === 4 && bytes.readUInt32LE(0) === signature) return start;
  }
  return undefined;
}

/** Reads the archive as if there were nothing else in the file. */
export class WindowReader extends RandomAccessReader {
  readonly #file: FileHandle;
  readonly #start: number;

  constructor(file: FileHandle, { start }: ZipWindow) {
    super();
    this.#file = file;
    this.#start = start;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#blocks(this.#start + start, this.#start + end), { objectMode: false });
  }

  /** By hand: each of a handle's own read streams would leave it a listener. */
  async *#blocks(start: number, end: number): AsyncGenerator<Buffer> {
    for (let at = start; at < end; ) {
      const { bytesRead, buffer } = await this.#file.read(Buffer.allocUnsafe(BLOCK), 0, Math.min(BLOCK, end - at), at);
      if (bytesRead === 0) return; // the library counts, and tells that it ended too soon
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytes?: number) => void,
  ): void {
    this.#file.read(buffer, offset, length, this.#start + position).then(
      ({ bytesRead }) => callback(null, bytesRead),
      (error: Error) => callback(error),
    );
  }
}
