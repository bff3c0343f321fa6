import type { Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { XsysError } from "../../../../protocol/errors.ts";
import { isErrno } from "../../../base/errno.ts";
import { statOrMissing } from "../../../files/through-links.ts";
import type { OpenFlags } from "./open-flags.ts";

/** Bytes per read of a device, which returns what it has, and of a file without a known size, as those in /proc. */
const UNSIZED_READ = 65_536;

/** Origins of a seek, with the numbers of lseek(2). */
export const WHENCE = { start: 0, current: 1, end: 2 } as const;

/** An open file with its own position. Its calls run one after the other, even those of different callers. */
export class OpenFile {
  readonly path: string;
  readonly #file: FileHandle;
  readonly #flags: OpenFlags;
  /** False for a device. */
  readonly #hasPosition: boolean;
  #position = 0;
  #lastTurn: Promise<unknown> = Promise.resolve();

  /**
   * Opens a regular file or a device. A FIFO is not opened at all: opening it would release a process waiting for a
   * peer.
   */
  static async open(path: string, flags: OpenFlags, mode: number): Promise<OpenFile> {
    const there = await statOrMissing(path);
    if (there !== undefined) refuseOthers(there, path);
    const file = await open(path, flags.native, mode);
    try {
      const stats = await file.stat();
      refuseOthers(stats, path);
      return new OpenFile(path, file, flags, stats.isFile());
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  private constructor(path: string, file: FileHandle, flags: OpenFlags, hasPosition: boolean) {
    this.path = path;
    this.#file = file;
    this.#flags = flags;
    this.#hasPosition = hasPosition;
  }

  /** The file descriptor. -1 when the file is closed. */
  get descriptor(): number {
    return this.#file.fd;
  }

  /** @throws TOO_LARGE when more than `limit` bytes would be returned. */
  read(length: number, limit: number): Promise<Buffer> {
    return this.#inTurn(async () => {
      if (!this.#flags.reads) throw this.#notOpenFor("reading");
      const bytes = Buffer.allocUnsafe(await this.#bytesToRead(length, limit));
      let got = 0;
      while (got < bytes.length) {
        const { bytesRead } = await this.#file.read(bytes, got, bytes.length - got, this.#at);
        if (bytesRead === 0) break;
        got += bytesRead;
        this.#position += bytesRead;
        if (!this.#hasPosition) break;
      }
      return bytes.subarray(0, got);
    });
  }

  /** Writes all of the bytes, or fails. */
  write(bytes: Buffer): Promise<number> {
    return this.#inTurn(async () => {
      if (!this.#flags.writes) throw this.#notOpenFor("writing");
      for (let done = 0; done < bytes.length; ) {
        // Without a position, the operating system finds the end and appends atomically.
        const at = this.#flags.appends ? null : this.#at;
        const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, at);
        done += bytesWritten;
        this.#position += bytesWritten;
      }
      if (this.#flags.appends) this.#position = (await this.#file.stat()).size;
      return bytes.length;
    });
  }

  /** Returns the new position. It may be beyond the end of the file: writing there leaves a hole. */
  seek(offset: number, whence: number): Promise<number> {
    return this.#inTurn(async () => {
      if (!this.#hasPosition) throw this.#error("UNSUPPORTED", "seeking failed", "a device has no position");
      const base =
        { [WHENCE.start]: 0, [WHENCE.current]: this.#position, [WHENCE.end]: await this.#size() }[whence] ?? 0;
      const position = base + offset;
      if (position < 0 || !Number.isSafeInteger(position)) {
        throw this.#error("INVALID_PARAMS", "seeking failed", `there is no position ${position}`);
      }
      this.#position = position;
      return position;
    });
  }

  stat(): Promise<Stats> {
    return this.#inTurn(() => this.#file.stat());
  }

  /** Closes the file after its pending calls. */
  close(): Promise<void> {
    return this.#inTurn(() => this.#file.close());
  }

  get #at(): number | null {
    return this.#hasPosition ? this.#position : null;
  }

  async #size(): Promise<number> {
    return (await this.#file.stat()).size;
  }

  async #bytesToRead(length: number, limit: number): Promise<number> {
    const unsized = Math.min(length, limit, UNSIZED_READ);
    if (length === unsized || !this.#hasPosition) return unsized;
    const wanted = Math.min(length, Math.max((await this.#size()) - this.#position, unsized));
    if (wanted <= limit) return wanted;
    throw this.#error("TOO_LARGE", "reading failed", `${wanted} bytes exceed the maximum answer of ${limit} bytes`);
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(work);
    this.#lastTurn = turn.catch(() => {});
    try {
      return await turn;
    } catch (error) {
      if (isErrno(error)) error.path ??= this.path;
      throw error;
    }
  }

  #notOpenFor(what: string): XsysError {
    return this.#error("DENIED", `${what} failed`, `it was not opened for ${what}`);
  }

  #error(code: "DENIED" | "UNSUPPORTED" | "INVALID_PARAMS" | "TOO_LARGE", what: string, why: string): XsysError {
    return new XsysError(code, `${what} on ${this.path}: ${why}`, { details: { path: this.path } });
  }
}

function refuseOthers(stats: Stats, path: string): void {
  if (stats.isFile() || stats.isCharacterDevice()) return;
  const [code, what] = stats.isDirectory()
    ? (["IS_A_DIRECTORY", "a folder"] as const)
    : (["INVALID_PARAMS", "a FIFO, socket or disk"] as const);
  throw new XsysError(code, `fs.open failed on ${path}: it is ${what}`, { details: { path } });
}
