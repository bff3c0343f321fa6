import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { XsysError } from "../../../protocol/errors.ts";
import { makeFolder } from "../../files/make-folder.ts";
import { LINE_FEED } from "./log-record.ts";
import { timeOfRecord } from "./parse-record.ts";

/** Only the user of the app can read its output, which may contain secrets. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
/** Enough of the first record for its time. */
const FIRST_BYTES = 4_096;
// O_NONBLOCK, so that opening a FIFO of that name does not wait for its reader.
const { O_RDWR, O_APPEND, O_CREAT, O_NONBLOCK = 0 } = constants;

/** The file that records are appended to. */
export class LogFile {
  readonly #path: string;
  readonly #descriptor: number;
  readonly #device: number;
  readonly #inode: number;
  #size: number;
  #born: number;

  /**
   * Opens or creates the file, and its folder.
   * @throws an error of the operating system, or INVALID_PARAMS if the path is not a regular file
   */
  constructor(path: string) {
    this.#path = path;
    this.#descriptor = open(path);
    try {
      const stats = fstatSync(this.#descriptor);
      if (!stats.isFile()) throw new XsysError("INVALID_PARAMS", `${path} is not a file`, { details: { path } });
      this.#device = stats.dev;
      this.#inode = stats.ino;
      this.#size = stats.size;
      this.#born = this.#size === 0 ? Date.now() : this.#firstTime();
      if (this.#size > 0) this.#endLastRecord();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get size(): number {
    return this.#size;
  }

  /** Time of the first record, or when it is unknown, time of opening. */
  get born(): number {
    return this.#born;
  }

  /**
   * Appends records completely or not at all.
   * @throws an error of the operating system
   */
  append(bytes: Buffer): void {
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.#descriptor, bytes, written);
    } catch (error) {
      if (written > 0) this.#takeBack();
      throw error;
    }
    if (this.#size === 0) this.#born = Date.now();
    this.#size += written;
  }

  /** Whether this is still the file at its path: nobody has deleted, moved or replaced it. Reads its size anew. */
  check(): boolean {
    const stats = statSync(this.#path, { throwIfNoEntry: false });
    if (stats?.ino !== this.#inode || stats.dev !== this.#device) return false;
    this.#size = stats.size;
    return true;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #takeBack(): void {
    try {
      ftruncateSync(this.#descriptor, this.#size);
    } catch {
      // the file system is failing: the next opening ends the incomplete record
    }
  }

  #firstTime(): number {
    const bytes = Buffer.alloc(FIRST_BYTES);
    const length = readSync(this.#descriptor, bytes, 0, FIRST_BYTES, 0);
    const end = bytes.indexOf(LINE_FEED);
    const time = timeOfRecord(bytes, 0, end < 0 ? length : end);
    return Number.isNaN(time) ? Date.now() : time;
  }

  /** A keeper that was killed while it wrote leaves an incomplete record. */
  #endLastRecord(): void {
    const last = Buffer.alloc(1);
    readSync(this.#descriptor, last, 0, 1, this.#size - 1);
    if (last[0] !== LINE_FEED) this.append(Buffer.from([LINE_FEED]));
  }
}

function open(path: string): number {
  const flags = O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK;
  try {
    return openSync(path, flags, FILE_MODE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    makeFolder(dirname(path), FOLDER_MODE);
    return openSync(path, flags, FILE_MODE);
  }
}
