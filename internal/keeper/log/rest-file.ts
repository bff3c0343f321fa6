import { closeSync, constants, openSync, readFileSync, rmSync, writeSync } from "node:fs";

/** The file begins with the number of bytes that follow, as decimal digits. */
const SIZE_DIGITS = 8;
const { O_RDWR, O_CREAT, O_NOFOLLOW = 0 } = constants;

/**
 * Keeps the line that one stream has begun, so that the next keeper can go on with it after this one was killed. A file
 * is made when the stream first ends a chunk in the middle of a line. Errors are ignored: without the file, a killed
 * keeper loses the begun line.
 */
export class RestFile {
  readonly #path: string;
  #descriptor: number | undefined;
  #held = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** What the last keeper left. */
  load(): Buffer {
    try {
      const bytes = readFileSync(this.#path);
      const size = Number(bytes.toString("latin1", 0, SIZE_DIGITS));
      if (!(size <= bytes.length - SIZE_DIGITS)) return Buffer.alloc(0);
      this.#held = size;
      return bytes.subarray(SIZE_DIGITS, SIZE_DIGITS + size);
    } catch {
      return Buffer.alloc(0);
    }
  }

  /** Saves the line as it is now. `isSame` says that it is the line that was saved before, and has become longer. */
  save(rest: Buffer, isSame: boolean): void {
    if (rest.length === 0 && this.#held === 0) return;
    try {
      this.#descriptor ??= openSync(this.#path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
      if (isSame && this.#held > 0) this.#append(this.#descriptor, rest);
      else writeSync(this.#descriptor, Buffer.concat([sizeText(rest.length), rest]), 0, undefined, 0);
      this.#held = rest.length;
    } catch {
      this.#held = -1; // the next save writes the whole line
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  remove(): void {
    this.close();
    try {
      rmSync(this.#path, { force: true });
    } catch {
      // the folder is not writable
    }
  }

  /** The size is written last: a keeper killed in between leaves the shorter line. */
  #append(descriptor: number, rest: Buffer): void {
    writeSync(descriptor, rest, this.#held, rest.length - this.#held, SIZE_DIGITS + this.#held);
    writeSync(descriptor, sizeText(rest.length), 0, undefined, 0);
  }
}

function sizeText(size: number): Buffer {
  return Buffer.from(String(size).padStart(SIZE_DIGITS, "0"), "latin1");
}
