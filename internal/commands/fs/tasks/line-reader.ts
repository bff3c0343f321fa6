import { readSync } from "node:fs";

const BLOCK = 262_144;
const [LF, CR] = [10, 13];

/** The lines of an open file, one after the other, as bytes without their ends (LF or CRLF). */
export class LineReader {
  readonly #fd: number;
  readonly #longest: number;
  #buffer = Buffer.allocUnsafe(BLOCK);
  /** What is read and not yet given: from `#start` to `#end`. */
  #start = 0;
  #end = 0;

  /** No line may be longer than `longest` bytes; reading stops there. */
  constructor(fd: number, longest: number) {
    this.#fd = fd;
    this.#longest = longest;
  }

  /**
   * The next line, good until the next call; undefined at the end. A line that is too long is given as far as it was
   * read, which is more than `longest` bytes, and nothing can be read after it.
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

  /** Moves what is left to the front, of a larger buffer where it fills this one, and reads behind it. */
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
