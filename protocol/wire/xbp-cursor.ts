import { isAscii } from "node:buffer";
import { XsysError } from "../errors.ts";

export const NO_BYTES = Buffer.alloc(0);

/**
 * Bytes at the beginning of a payload that are decoded as one string; slicing texts from it takes a third of the time.
 */
const HEAD_BYTES = 2_048;
const BEYOND_ASCII = /[\x80-\xff]/;

/**
 * Objects without a prototype, so that no name clashes; created by a constructor, they are as fast as other objects.
 */
const Pairs = function Pairs() {} as unknown as new () => Record<string, string | string[]>;
Pairs.prototype = Object.create(null);

/** Reads an XBP payload from start to end. Every method throws BAD_FRAME if the payload is too short. */
export class XbpCursor {
  readonly #payload: Buffer;
  readonly #form: string;
  /** The beginning of the payload, one character per byte. */
  readonly #head: string;
  readonly #isAscii: boolean;
  #at = 1;

  /** @throws BAD_FRAME if the payload does not begin with `mark`. */
  constructor(payload: Buffer, form: "request" | "response", mark: number) {
    if (payload[0] !== mark) throw new XsysError("BAD_FRAME", `a payload is not an XBP ${form}`);
    this.#payload = payload;
    this.#form = form;
    const head = payload.length > HEAD_BYTES ? payload.subarray(0, HEAD_BYTES) : payload;
    this.#head = head.toString("latin1");
    this.#isAscii = isAscii(head);
  }

  number(): number {
    const at = this.#at;
    this.#at = this.#reach(at + 2, "a number");
    return ((this.#payload[at] as number) << 8) | (this.#payload[at + 1] as number);
  }

  text(): string {
    const size = this.number();
    const start = this.#at;
    const end = this.#reach(start + size, "a text");
    this.#at = end;
    if (end > this.#head.length) return this.#payload.toString("utf8", start, end);
    const text = this.#head.slice(start, end);
    return this.#isAscii || !BEYOND_ASCII.test(text) ? text : this.#payload.toString("utf8", start, end);
  }

  /** Pairs by name; for a repeated name, the last value. */
  pairs(): Record<string, string> {
    const pairs = new Pairs();
    for (let left = this.number(); left > 0; left--) {
      const name = this.text();
      pairs[name] = this.text();
    }
    return pairs as Record<string, string>;
  }

  /** Pairs by lower-case name, with a byte between name and value. */
  typedPairs(): Record<string, string> {
    const pairs = new Pairs();
    for (let left = this.number(); left > 0; left--) {
      const name = this.text().toLowerCase();
      this.#at = this.#reach(this.#at + 1, "a type");
      pairs[name] = this.text();
    }
    return pairs as Record<string, string>;
  }

  /** Pairs by lower-case name, with all values of a repeated one. */
  repeatedPairs(): Record<string, string | string[]> {
    const pairs = new Pairs();
    for (let left = this.number(); left > 0; left--) {
      const name = this.text().toLowerCase();
      const value = this.text();
      const before = pairs[name];
      if (before === undefined) pairs[name] = value;
      else if (typeof before === "string") pairs[name] = [before, value];
      else before.push(value);
    }
    return pairs;
  }

  /** A u32 size and that many bytes, which must end the payload. */
  rest(): Buffer {
    const start = this.#reach(this.#at + 4, "a size");
    const size = this.#payload.readUInt32BE(this.#at);
    const end = this.#reach(start + size, "its body");
    const left = this.#payload.length - end;
    if (left > 0) throw new XsysError("BAD_FRAME", `an XBP ${this.#form} has ${left} bytes after its body`);
    return size === 0 ? NO_BYTES : this.#payload.subarray(start, end);
  }

  #reach(end: number, part: string): number {
    if (end <= this.#payload.length) return end;
    throw new XsysError("BAD_FRAME", `an XBP ${this.#form} is truncated in ${part} at byte ${this.#at}`);
  }
}
