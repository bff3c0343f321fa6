import { fstatSync, readSync } from "node:fs";
import { XsysError } from "../../../../protocol/errors.ts";
import type { PackedEntry } from "./packing-list.ts";

/**
 * Files smaller than this are read before their header is written, so that the header has the actual size, not the one
 * from stat.
 */
const WHOLE = 1_048_576;
/** Maximum bytes buffered for a file that reports less than its actual size, such as files in /proc. */
const MAX_BEYOND_SIZE = 67_108_864;
/** Maximum number of paths in an error message. */
const MAX_NAMED = 10;

/** A file's contents, or the first part of them. */
export interface PackedStart {
  /** Valid until the next file is read. */
  readonly bytes: Buffer;
  /** Size of the file in bytes; undefined when `bytes` holds all of it. */
  readonly size: number | undefined;
}

/** Reads files for an archive, and records those that were shorter than they reported. */
export class PackedFiles {
  readonly #command: string;
  readonly #room = Buffer.allocUnsafeSlow(WHOLE);
  readonly #shorter: { path: string; size: number; stored: number }[] = [];
  #count = 0;

  constructor(command: string) {
    this.#command = command;
  }

  /** Reads a small file completely, or the first WHOLE bytes of a large one. */
  start(entry: PackedEntry, fd: number): PackedStart {
    const filled = this.#fill(fd, entry.stats.size);
    const bytes = this.#room.subarray(0, filled);
    if (filled < WHOLE) {
      // If the file was truncated after it was listed, its current size is the expected one.
      if (filled < entry.stats.size) this.endedAt(entry, Math.min(entry.stats.size, fstatSync(fd).size), filled);
      return { bytes, size: undefined };
    }
    const { size } = fstatSync(fd);
    return size > filled ? { bytes, size } : { bytes: this.#readBeyondSize(entry, fd, bytes), size: undefined };
  }

  /** Records a file whose contents ended before its reported size. */
  endedAt({ path }: PackedEntry, size: number, stored: number): void {
    if (stored >= size) return;
    this.#count += 1;
    if (this.#shorter.length < MAX_NAMED) this.#shorter.push({ path, size, stored });
  }

  /**
   * Called once the archive is complete.
   * @throws INVALID_DATA when a file was shorter than it reported.
   */
  refuseShorter(output: string): void {
    if (this.#count === 0) return;
    const named = this.#shorter.map(({ path, size, stored }) => `${path} (${stored} of ${size} bytes)`).join(", ");
    const more = this.#count > MAX_NAMED ? `, and ${this.#count - MAX_NAMED} more` : "";
    const files = this.#count === 1 ? "1 file was" : `${this.#count} files were`;
    throw new XsysError(
      "INVALID_DATA",
      `${this.#command} wrote ${output}, but ${files} shorter than the file system reported: ${named}${more}`,
      { details: { path: output, written: true, shorter: this.#shorter } },
    );
  }

  #fill(fd: number, size: number): number {
    for (let filled = 0; ; ) {
      const read = readSync(fd, this.#room, filled, WHOLE - filled, null);
      filled += read;
      // A short read at the size from stat is the end; no further read is needed.
      if (read === 0 || filled === WHOLE || filled === size) return filled;
    }
  }

  #readBeyondSize({ path }: PackedEntry, fd: number, start: Buffer): Buffer {
    const blocks = [Buffer.from(start)];
    for (let total = start.length; ; ) {
      const read = readSync(fd, this.#room);
      if (read === 0) return Buffer.concat(blocks);
      total += read;
      if (total > MAX_BEYOND_SIZE) {
        const message = `${this.#command} failed on ${path}: it has more than ${MAX_BEYOND_SIZE} bytes but reports fewer`;
        throw new XsysError("TOO_LARGE", message, { details: { path, limit: MAX_BEYOND_SIZE } });
      }
      blocks.push(Buffer.from(this.#room.subarray(0, read)));
    }
  }
}
