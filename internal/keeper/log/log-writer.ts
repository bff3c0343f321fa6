import { XsysError } from "../../../protocol/errors.ts";
import { fromErrno, isErrno } from "../../base/errno.ts";
import { LogFile } from "./log-file.ts";
import { logPath } from "./log-names.ts";
import type { LogFormat, LogRecord } from "./log-record.ts";
import { formatRecord, type RecordBatch } from "./record-batch.ts";
import { MAX_KEPT, RecordTail } from "./record-tail.ts";
import { RotatedLogs } from "./rotated-logs.ts";

export interface LogWriterOptions {
  /** The folder of this app's log. It is created when it is missing. Nobody else may write log files of `name` there. */
  readonly folder: string;
  readonly name: string;
  /** The file is rotated before it exceeds this number of bytes. */
  readonly maxSize: number;
  /** Number of rotated files that are kept. */
  readonly maxFiles: number;
  /** The file is rotated when its first record is older than this number of milliseconds. Absent for no limit. */
  readonly maxAge?: number;
  /** Maximum bytes of all files together. By default that of uncompressed files: maxSize × (maxFiles + 1). */
  readonly maxTotal?: number;
  readonly format?: LogFormat;
}

export interface LogState {
  /** Records since the start of the keeper, and how many of them could not be written. */
  readonly written: number;
  readonly dropped: number;
  /** Why records cannot be written at present. */
  readonly error?: string;
}

interface Failure {
  readonly since: number;
  readonly reason: string;
  /** Records dropped since then. */
  dropped: number;
}

/**
 * How often the file is compared with the one at its path, in milliseconds: others may delete or move it. Until they are
 * compared, records go into the file that was moved.
 */
const CHECK_EVERY = 1_000;
/** Pause before the next attempt after a failure. In milliseconds. */
const RETRY_AFTER = 1_000;

/**
 * Writes the log of an app: the output of all its clones, in the order in which it arrived. When the file cannot be
 * written, records are dropped and counted, so that the app goes on; a note says how many when it can be written again.
 * Records are not flushed to the disk: they survive the death of the keeper, but not a power failure.
 */
export class LogWriter {
  readonly format: LogFormat;
  readonly #options: LogWriterOptions;
  readonly #maxSize: number;
  readonly #rotated: RotatedLogs;
  readonly #tails = new Map<string, RecordTail>();
  #file: LogFile | undefined;
  #checked = 0;
  #failure: Failure | undefined;
  #retry: NodeJS.Timeout | undefined;
  #written = 0;
  #dropped = 0;

  constructor(options: LogWriterOptions) {
    const { folder, name, maxSize, maxFiles, maxTotal = maxSize * (maxFiles + 1) } = options;
    this.#options = options;
    this.format = options.format ?? "text";
    this.#maxSize = Math.min(maxSize, maxTotal);
    this.#rotated = new RotatedLogs(folder, name, { maxFiles, maxBytes: maxTotal - this.#maxSize });
    this.#rotated.resume();
  }

  get state(): LogState {
    const error = this.#failure?.reason;
    return { written: this.#written, dropped: this.#dropped, ...(error !== undefined && { error }) };
  }

  /** Writes the records of a clone. */
  append(clone: string, batch: RecordBatch): void {
    if (batch.lines === 0) return;
    this.#tailOf(clone).add(batch.bytes, batch.lines);
    this.#write(batch.bytes, batch.lines);
  }

  /** Writes a line of the keeper, about a clone or the whole app. */
  note(line: string, clone: string = "-"): void {
    this.#write(formatRecord(this.format, { time: Date.now(), clone, stream: "note", line }), 1);
  }

  /** The last lines of a clone, at most 200, oldest first. */
  tail(clone: string, count: number = MAX_KEPT): readonly LogRecord[] {
    return this.#tails.get(clone)?.last(count) ?? [];
  }

  /** Releases the last lines of a clone that has been removed. */
  forget(clone: string): void {
    this.#tails.delete(clone);
  }

  /** Closes the file. Compression that is not complete is done by the next start. */
  async close(): Promise<void> {
    clearTimeout(this.#retry);
    this.#closeFile();
    await this.#rotated.close();
  }

  #write(bytes: Buffer, lines: number): void {
    if (this.#failure !== undefined) {
      this.#drop(this.#failure, lines);
      return;
    }
    try {
      this.#openFor(bytes.length).append(bytes);
      this.#written += lines;
    } catch (error) {
      this.#fail(error, lines);
    }
  }

  /** The file to append to. It is made anew if it was deleted or moved, or if it must be rotated. */
  #openFor(size: number): LogFile {
    const path = logPath(this.#options.folder, this.#options.name);
    if (performance.now() - this.#checked >= CHECK_EVERY) {
      this.#checked = performance.now();
      if (this.#file?.check() === false) this.#closeFile();
    }
    this.#file ??= new LogFile(path);
    if (!this.#isFull(this.#file, size)) return this.#file;
    this.#closeFile();
    this.#rotated.rotate();
    this.#file = new LogFile(path);
    return this.#file;
  }

  #isFull(file: LogFile, size: number): boolean {
    if (file.size === 0) return false;
    return file.size + size > this.#maxSize || Date.now() - file.born > (this.#options.maxAge ?? Infinity);
  }

  #fail(error: unknown, lines: number): void {
    this.#closeFile();
    this.#failure = { since: Date.now(), reason: reasonOf(error), dropped: 0 };
    this.#drop(this.#failure, lines);
    this.#retryLater();
  }

  #drop(failure: Failure, lines: number): void {
    failure.dropped += lines;
    this.#dropped += lines;
  }

  #retryLater(): void {
    this.#retry = setTimeout(() => this.#recover(), RETRY_AFTER).unref();
  }

  /** Tries to write how many records were dropped. */
  #recover(): void {
    const failure = this.#failure as Failure;
    this.#failure = undefined;
    this.note(
      `${failure.dropped} lines were dropped since ${new Date(failure.since).toISOString()}: ${failure.reason}`,
    );
    if (this.#failure === undefined) return;
    // The note itself was dropped, which does not count. The reason may be another one now.
    this.#dropped -= 1;
    clearTimeout(this.#retry);
    this.#failure = { ...failure, reason: (this.#failure as Failure).reason };
    this.#retryLater();
  }

  #closeFile(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #tailOf(clone: string): RecordTail {
    const tail = this.#tails.get(clone) ?? new RecordTail();
    this.#tails.set(clone, tail);
    return tail;
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof XsysError) return error.message;
  return isErrno(error) ? fromErrno(error, "writing the log").message : String(error);
}
