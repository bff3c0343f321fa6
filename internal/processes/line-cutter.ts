/** Maximum bytes of a line. */
export const MAX_LINE = 262_144;

const LINE_END = 0x0a;
/** Initial buffer size for a partial line; doubles up to MAX_LINE. */
const FIRST_ROOM = 1_024;

/** Splits chunks of bytes into lines. A line over MAX_LINE is truncated, and ends with a note that says so. */
export class LineCutter {
  #room: Buffer = Buffer.alloc(0);
  #held = 0;
  #cut = 0;

  push(bytes: Buffer, onLine: (line: string) => void): void {
    let from = 0;
    for (let at = bytes.indexOf(LINE_END); at >= 0; at = bytes.indexOf(LINE_END, from)) {
      onLine(this.#complete(bytes.subarray(from, at)));
      from = at + 1;
    }
    this.#hold(bytes.subarray(from));
  }

  /** Discards the lines in these bytes; returns the number of line ends. */
  discard(bytes: Buffer): number {
    const last = bytes.lastIndexOf(LINE_END);
    if (last >= 0) this.#forget();
    this.#hold(bytes.subarray(last + 1));
    return countLineEnds(bytes);
  }

  /** Passes on the last, unterminated line. */
  end(onLine: (line: string) => void): void {
    if (this.#held > 0) onLine(this.#complete(Buffer.alloc(0)));
  }

  #complete(rest: Buffer): string {
    if (this.#held === 0 && rest.length <= MAX_LINE) return textOf(rest);
    this.#hold(rest);
    const text = textOf(this.#room.subarray(0, this.#held));
    const line = this.#cut === 0 ? text : `${text} … (${this.#cut} more bytes of this line were cut off)`;
    this.#forget();
    return line;
  }

  #hold(bytes: Buffer): void {
    const taken = Math.min(bytes.length, MAX_LINE - this.#held);
    this.#cut += bytes.length - taken;
    if (this.#held + taken > this.#room.length) this.#grow(this.#held + taken);
    this.#held += bytes.copy(this.#room, this.#held, 0, taken);
  }

  #grow(needed: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.min(MAX_LINE, Math.max(FIRST_ROOM, 2 * this.#room.length, needed)));
    this.#room.copy(grown, 0, 0, this.#held);
    this.#room = grown;
  }

  #forget(): void {
    this.#held = 0;
    this.#cut = 0;
    if (this.#room.length > FIRST_ROOM) this.#room = Buffer.alloc(0);
  }
}

function textOf(bytes: Buffer): string {
  const end = bytes.at(-1) === 0x0d ? bytes.length - 1 : bytes.length;
  return bytes.toString("utf8", 0, end);
}

/** Byte by byte: for lines of two bytes, as printed by yes(1), `indexOf` takes 50 ns per line, 25 times as long. */
function countLineEnds(bytes: Buffer): number {
  let count = 0;
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === LINE_END) count++;
  return count;
}
