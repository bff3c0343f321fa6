import { readSync } from "node:fs";

const BLOCK = 262_144;
const [LF, CR] = [10, 13];

/** Reads the lines of an open file in turn, as bytes without line endings (LF or CRLF). */
export class LineReader {
  readonly #fd: number;
  readonly #longest: number;
  #buffer = Buffer.allocUnsafe(BLOCK);
  /** Data that is read but not yet returned: from `#start` to `#end`. */
  #start = 0;
  #end = 0;

  /** Reading stops at a line longer than `longest` bytes. */
  constructor(fd: number, longest: number) {
    this.#fd = fd;
    this.#longest = longest;
  }

  /**
   * Returns the next line, valid until the next call, or undefined at the end. A line over the limit is returned as far
   * as it was read, which is more than `longest` bytes; nothing can be read after it.
   */
  next(): Buffer | undefined {
    let searched = this.#start;
    for (;;) {
      const found = this.#buffer.indexOf(LF, searched);
      if (found !== -1 && found < this.#end) return this.#take(found, found + 1);
      searched = this.#end - this.#start;
      if (searched > this.#longest || !this.#readMore()) break;
    }
    return this.#start === this.#end ? undefined : this.#take(this.#end, this.#end);
  }

  #take(end: number, next: number): Buffer {
    const start = this.#start;
    this.#start = next;
    const isCrLf = next > end && end > start && this.#buffer[end - 1] === CR;
    return this.#buffer.subarray(start, isCrLf ? end - 1 : end);
  }

  /**
   * Moves the remaining data to the front of the buffer, or of a larger one when it is full, and reads more after it.
   */
  #readMore(): boolean {
    const rest = this.#end - this.#start;
    const target = rest === this.#buffer.length ? Buffer.allocUnsafe(rest * 2) : this.#buffer;
    this.#buffer.copy(target, 0, this.#start, this.#end);
    [this.#buffer, this.#start, this.#end] = [target, 0, rest];
    const got = readSync(this.#fd, target, rest, target.length - rest, null);
    this.#end += got;
    return got > 0;
  }
}
