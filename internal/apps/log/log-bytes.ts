import { type FileHandle, open } from "node:fs/promises";
import { LINE_FEED, type LogRecord } from "../../keeper/log/log-record.ts";
import { parseRecord } from "../../keeper/log/parse-record.ts";

export const BLOCK = 65_536;

/** The records in bytes that begin and end between two records. */
export function recordsIn(bytes: Buffer, from: number = 0): LogRecord[] {
  const records: LogRecord[] = [];
  for (let start = from; start < bytes.length; ) {
    const end = bytes.indexOf(LINE_FEED, start);
    if (end < 0) break; // incomplete: it is still being written
    const record = parseRecord(bytes, start, end);
    if (record) records.push(record);
    start = end + 1;
  }
  return records;
}

/** Joins pieces of a file to whole records. */
export class RecordPieces {
  #rest: Buffer = Buffer.alloc(0);

  /** The records that are complete now. */
  push(bytes: Buffer): LogRecord[] {
    const last = bytes.lastIndexOf(LINE_FEED) + 1;
    if (last === 0) {
      this.#rest = Buffer.concat([this.#rest, bytes]);
      return [];
    }
    const whole = Buffer.concat([this.#rest, bytes.subarray(0, last)]);
    this.#rest = Buffer.from(bytes.subarray(last));
    return recordsIn(whole);
  }
}

/** The size of a file without a last record that is still being written. */
export async function endOfRecords(file: FileHandle): Promise<number> {
  const { size } = await file.stat();
  for (let end = size; end > 0; end -= BLOCK) {
    const start = Math.max(0, end - BLOCK);
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(BLOCK), 0, end - start, start);
    const last = buffer.subarray(0, bytesRead).lastIndexOf(LINE_FEED);
    if (last >= 0) return start + last + 1;
  }
  return 0;
}

/** The records of a file up to `size`, oldest first. */
export async function* forward(file: FileHandle, size: number): AsyncGenerator<LogRecord[]> {
  const pieces = new RecordPieces();
  for (let at = 0; at < size; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(BLOCK), 0, Math.min(BLOCK, size - at), at);
    if (bytesRead === 0) return; // it was truncated meanwhile
    at += bytesRead;
    yield pieces.push(buffer.subarray(0, bytesRead));
  }
}

/** The records of a file up to `size`: blocks from the last to the first, each with its oldest record first. */
export async function* backward(file: FileHandle, size: number): AsyncGenerator<LogRecord[]> {
  let rest: Buffer = Buffer.alloc(0); // the end of a record whose beginning is before it
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - BLOCK);
    const block = Buffer.allocUnsafe(end - start);
    const { bytesRead } = await file.read(block, 0, block.length, start);
    if (bytesRead < block.length) return; // it was truncated meanwhile
    const bytes = Buffer.concat([block, rest]);
    const first = start === 0 ? 0 : bytes.indexOf(LINE_FEED) + 1;
    yield first === 0 && start > 0 ? [] : recordsIn(bytes, first);
    rest = first === 0 ? bytes : bytes.subarray(0, first);
    end = start;
  }
}

/** The first bytes of an open file. */
export async function bytesAt(file: FileHandle, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, 0);
  return buffer.subarray(0, bytesRead);
}

export async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
