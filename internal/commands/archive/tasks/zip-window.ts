import type { FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";
import { RandomAccessReader } from "yauzl";
import { readAt } from "../shared/read-at.ts";

/** Signatures and fixed lengths of the records at an archive's end (PKWARE APPNOTE 4.3.14 to 4.3.16). */
const [END, END_BYTES] = [0x06054b50, 22];
const [LOCATOR, LOCATOR_BYTES] = [0x07064b50, 20];
const [WIDE_END, WIDE_END_BYTES] = [0x06064b50, 56];
/** Signature of an entry in the directory (4.3.12). */
const DIRECTORY = 0x02014b50;
/** Bytes searched for the end record: room for a comment of 65,535 bytes, and for data appended after the archive. */
const SEARCHED = 131_072;
const BLOCK = 65_536;

/** The part of a file that holds a zip archive. */
export interface ZipWindow {
  readonly start: number;
  readonly end: number;
  /** The archive is the whole file. */
  readonly isWhole: boolean;
}

/**
 * Finds the archive in a file. Offsets in the archive are relative to its start, before which a self-extracting archive
 * has its program. After its end a download may have left extra bytes. Undefined when there is no archive.
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

/** Computes the archive's start from the stated and the actual position of its directory. */
async function startOf(file: FileHandle, place: number, record: Buffer): Promise<number | undefined> {
  const locator = await readAt(file, Math.max(0, place - LOCATOR_BYTES), LOCATOR_BYTES);
  if (locator.length === LOCATOR_BYTES && locator.readUInt32LE(0) === LOCATOR) {
    const stated = Number(locator.readBigUInt64LE(8));
    return firstWith(file, WIDE_END, stated, [0, place - LOCATOR_BYTES - WIDE_END_BYTES - stated]);
  }
  const [entries, size, offset] = [record.readUInt16LE(10), record.readUInt32LE(12), record.readUInt32LE(16)];
  if (entries === 0) return Math.max(0, place - size - offset);
  return firstWith(file, DIRECTORY, offset, [0, place - size - offset]);
}

/** Returns the first candidate start for which the signature is at the stated offset. */
async function firstWith(file: FileHandle, signature: number, stated: number, starts: readonly number[]) {
  for (const start of starts) {
    if (start < 0 || !Number.isSafeInteger(start + stated)) continue;
    const bytes = await readAt(file, start + stated, 4);
    if (bytes.length === 4 && bytes.readUInt32LE(0) === signature) return start;
  }
  return undefined;
}

/** Reads the archive as if it were the whole file. */
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

  /** Does not use the handle's read streams, because each would leave a listener on the handle. */
  async *#blocks(start: number, end: number): AsyncGenerator<Buffer> {
    for (let at = start; at < end; ) {
      const { bytesRead, buffer } = await this.#file.read(Buffer.allocUnsafe(BLOCK), 0, Math.min(BLOCK, end - at), at);
      if (bytesRead === 0) return; // the library detects the premature end
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
