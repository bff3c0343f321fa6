import { fstatSync, readSync } from "node:fs";
import { XsysError } from "../../../../protocol/errors.ts";
import type { PackedEntry } from "./packing-list.ts";

/** A file that fits is read before its header is written, so that the header tells what is there and not what stat says. */
const WHOLE = 1_048_576;
/** Bytes that are gathered of a file that tells a smaller size than it has, as those of /proc do. */
const MAX_UNTOLD = 67_108_864;
/** Paths that an error names. */
const MAX_NAMED = 10;

/** A file's contents, or how they begin. */
export interface PackedStart {
  /** Good until the next file is read. */
  readonly bytes: Buffer;
  /** Bytes of the file; undefined when they are all there already. */
  readonly size: number | undefined;
}

/** Reads files for an archive, and keeps account of those that had less than they were told to have. */
export class PackedFiles {
  readonly #command: string;
  readonly #room = Buffer.allocUnsafeSlow(WHOLE);
  readonly #shorter: { path: string; size: number; stored: number }[] = [];
  #count = 0;

  constructor(command: string) {
    this.#command = command;
  }

  /** Reads a small file to its end, a large one as far as there is room. */
  start(entry: PackedEntry, fd: number): PackedStart {
    const filled = this.#fill(fd, entry.stats.size);
    const bytes = this.#room.subarray(0, filled);
    if (filled < WHOLE) {
      // What was shortened since it was listed is what it is told to be by now.
      if (filled < entry.stats.size) this.endedAt(entry, Math.min(entry.stats.size, fstatSync(fd).size), filled);
      return { bytes, size: undefined };
    }
    const { size } = fstatSync(fd);
    return size > filled ? { bytes, size } : { bytes: this.#untold(entry, fd, bytes), size: undefined };
  }

  /** Keeps account of a file whose contents ended before its size. */
  endedAt({ path }: PackedEntry, size: number, stored: number): void {
    if (stored >= size) return;
    this.#count += 1;
    if (this.#shorter.length < MAX_NAMED) this.#shorter.push({ path, size, stored });
  }

  /**
   * Once the archive is there.
   * @throws INVALID_DATA when a file had less than it was told to have.
   */
  refuseShorter(output: string): void {
    if (this.#count === 0) return;
    const named = this.#shorter.map(({ path, size, stored }) => `${path} (${stored} of ${size} bytes)`).join(", ");
    const more = this.#count > MAX_NAMED ? `, and ${this.#count - MAX_NAMED} more` : "";
    const files = this.#count === 1 ? "1 file was" : `${this.#count} files were`;
    throw new XsysError(
      "INVALID_DATA",
      `${this.#command} wrote ${output}, but ${files} shorter than the file system said: ${named}${more}`,
      { details: { path: output, written: true, shorter: this.#shorter } },
    );
  }

  #fill(fd: number, size: number): number {
    for (let filled = 0; ; ) {
      const read = readSync(fd, this.#room, filled, WHOLE - filled, null);
      filled += read;
      // As many as stat says, and there was room for more: no further read is needed to see the end.
      if (read === 0 || filled === WHOLE || filled === size) return filled;
    }
  }

  #untold({ path }: PackedEntry, fd: number, start: Buffer): Buffer {
    const blocks = [Buffer.from(start)];
    for (let total = start.length; ; ) {
      const read = readSync(fd, this.#room);
      if (read === 0) return Buffer.concat(blocks);
      total += read;
      if (total > MAX_UNTOLD) {
        const message = `${this.#command} failed on ${path}: it has more than ${MAX_UNTOLD} bytes and does not tell how many`;
        throw new XsysError("TOO_LARGE", message, { details: { path, limit: MAX_UNTOLD } });
      }
      blocks.push(Buffer.from(this.#room.subarray(0, read)));
    }
  }
}
