import { createReadStream } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { basename } from "node:path";
import { createGunzip } from "node:zlib";
import { COMPRESSED, type RotatedFile, timeOfStamp } from "../../keeper/log/log-names.ts";
import type { LogRecord } from "../../keeper/log/log-record.ts";
import { BLOCK, bytesAt, forward, openIfThere, RecordPieces } from "./log-bytes.ts";

/**
 * The records of a rotated file, oldest first. It may be compressed or deleted at any time before it is opened. If a
 * compressed file is damaged, the last record is a note that says so, and the records after the damage are missing.
 */
export async function* rotatedForward(file: RotatedFile): AsyncGenerator<LogRecord[]> {
  const plain = await openIfThere(file.path);
  if (plain !== undefined) {
    try {
      yield* forward(plain, (await plain.stat()).size);
    } finally {
      await plain.close();
    }
    return;
  }
  const compressed = await openIfThere(file.path + COMPRESSED);
  if (compressed === undefined) return;
  const pieces = new RecordPieces();
  try {
    for await (const bytes of unzipped(compressed)) yield pieces.push(bytes);
  } catch (error) {
    if (!isDamage(error)) throw error;
    yield [damageNote(file, error)];
  }
}

/** The first bytes of a rotated file; empty if it is gone or damaged. */
export async function beginningOf(file: RotatedFile, length: number): Promise<Buffer> {
  const plain = await openIfThere(file.path);
  if (plain !== undefined) {
    try {
      return await bytesAt(plain, length);
    } finally {
      await plain.close();
    }
  }
  const compressed = await openIfThere(file.path + COMPRESSED);
  if (compressed === undefined) return Buffer.alloc(0);
  try {
    for await (const bytes of unzipped(compressed)) return bytes.subarray(0, length);
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
  return Buffer.alloc(0);
}

function unzipped(file: FileHandle): AsyncIterable<Buffer> {
  const source = createReadStream("", { fd: file });
  const gunzip = createGunzip({ chunkSize: BLOCK });
  source.on("error", (error) => gunzip.destroy(error));
  gunzip.on("close", () => source.destroy());
  return source.pipe(gunzip);
}

/** An error of zlib: Z_DATA_ERROR, or Z_BUF_ERROR for a file that was cut off. */
function isDamage(error: unknown): error is NodeJS.ErrnoException {
  return /^Z_/.test((error as NodeJS.ErrnoException).code ?? "");
}

function damageNote({ path, stamp }: RotatedFile, { message }: Error): LogRecord {
  const line = `${basename(path)}${COMPRESSED} is damaged (${message}): records from it are missing`;
  return { time: timeOfStamp(stamp), clone: "-", stream: "note", line, isGap: true };
}
