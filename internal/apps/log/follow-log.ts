import type { FileHandle } from "node:fs/promises";
import { stat } from "node:fs/promises";
import { logPath, type RotatedFile } from "../../keeper/log/log-names.ts";
import type { LogRecord } from "../../keeper/log/log-record.ts";
import { BLOCK, bytesAt, RecordPieces } from "./log-bytes.ts";
import type { LogChanges } from "./log-changes.ts";
import { type LogSnapshot, takeSnapshot } from "./log-snapshot.ts";
import { beginningOf, rotatedForward } from "./rotated-log.ts";

/** Bytes by which a rotated file is recognised: its first record has the time of its arrival. */
const BEGINNING = 512;

/** Reads the records that are appended to a log, over rotations. */
export class LogFollower {
  readonly #folder: string;
  readonly #name: string;
  #file: FileHandle | undefined;
  #offset: number;
  #pieces = new RecordPieces();
  /** Stamp of the last file that was rotated before this one was opened. */
  #lastStamp: string;

  /** Goes on after a snapshot, from `offset` of its current file, which it closes. */
  constructor(folder: string, name: string, { rotated, current }: LogSnapshot, offset: number) {
    this.#folder = folder;
    this.#name = name;
    this.#file = current;
    this.#offset = offset;
    this.#lastStamp = rotated.at(-1)?.stamp ?? "";
  }

  /** Ends when the signal aborts, or the time is past `until`. */
  async *records(changes: LogChanges, until: number, signal: AbortSignal | undefined): AsyncGenerator<LogRecord[]> {
    while (!signal?.aborted) {
      const isPast = Date.now() > until;
      changes.start();
      yield* this.#readOn();
      if (await this.#isReplaced()) {
        yield* this.#readOn(); // what was written between the last read and the replacement
        yield* this.#goOn();
      } else if (isPast) return;
      else await changes.next();
    }
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  /** The records between the last read and the end of the file. */
  async *#readOn(): AsyncGenerator<LogRecord[]> {
    if (this.#file === undefined) return;
    for (;;) {
      const { bytesRead, buffer } = await this.#file.read(Buffer.allocUnsafe(BLOCK), 0, BLOCK, this.#offset);
      this.#offset += bytesRead;
      if (bytesRead > 0) yield this.#pieces.push(buffer.subarray(0, bytesRead));
      // Somebody emptied the file, such as logrotate with `copytruncate`.
      else if ((await this.#file.stat()).size < this.#offset) this.#startAt(0);
      else return;
    }
  }

  /** Whether there is another file at the path now. While there is none, the old one may still be written to. */
  async #isReplaced(): Promise<boolean> {
    try {
      const now = await stat(logPath(this.#folder, this.#name));
      const mine = await this.#file?.stat();
      return now.ino !== mine?.ino || now.dev !== mine.dev;
    } catch {
      return false;
    }
  }

  /** Opens the current file, after the records of files that were rotated since the last one was opened. */
  async *#goOn(): AsyncGenerator<LogRecord[]> {
    const { rotated, current } = await takeSnapshot(this.#folder, this.#name);
    const old = this.#file;
    const later = rotated.filter(({ stamp }) => stamp > this.#lastStamp);
    const missed = old === undefined ? later : await withoutRead(later, old);
    await old?.close();
    this.#file = current;
    this.#lastStamp = rotated.at(-1)?.stamp ?? this.#lastStamp;
    this.#startAt(0);
    for (const file of missed) yield* rotatedForward(file);
  }

  #startAt(offset: number): void {
    this.#offset = offset;
    this.#pieces = new RecordPieces();
  }
}

/** Leaves out the first file if it is the one that was read. It is another one if that was deleted or moved away. */
async function withoutRead(files: readonly RotatedFile[], read: FileHandle): Promise<readonly RotatedFile[]> {
  const [first, ...others] = files;
  if (first === undefined) return files;
  const [mine, its] = [await bytesAt(read, BEGINNING), await beginningOf(first, BEGINNING)];
  return mine.equals(its) ? others : files;
}
