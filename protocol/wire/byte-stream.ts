import { XsysError } from "../errors.ts";
import { INITIAL_CREDIT, MAX_CHUNK } from "./message.ts";

/** What a reader has taken before it grants that much anew: often enough not to stall, seldom enough not to matter. */
const GRANT_BYTES = INITIAL_CREDIT / 4;
/**
 * Chunks below this are put together while nobody takes them: a chunk costs 200 bytes beside its contents, and a
 * mebibyte that came byte by byte would hold 200 MB.
 */
const SMALL = 1_024;
/** Bytes that small chunks are put together in. */
const GATHERED = 16_384;

/**
 * The reading end of a byte stream: keeps chunks until they are asked for, and grants credit for what was taken. It
 * never holds more than the credit it gave.
 */
export class ByteReader implements AsyncIterable<Uint8Array> {
  readonly #grant: (bytes: number) => void;
  readonly #chunks: Uint8Array[] = [];
  /** The last of the chunks, when it has room for more small ones. */
  #gathering: { readonly room: Uint8Array; filled: number } | undefined;
  #allowed = INITIAL_CREDIT;
  #taken = 0;
  #ended = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(grant: (bytes: number) => void) {
    this.#grant = grant;
  }

  /** @throws BAD_FRAME when the writer sends more than it was granted. */
  push(bytes: Uint8Array): void {
    if (this.#ended) return;
    this.#allowed -= bytes.byteLength;
    if (this.#allowed < 0) throw new XsysError("BAD_FRAME", "a stream got more bytes than its credit");
    if (bytes.byteLength >= SMALL || (bytes.byteLength > 0 && this.#chunks.length === 0)) {
      this.#gathering = undefined;
      this.#chunks.push(bytes);
    } else if (bytes.byteLength > 0) this.#gather(bytes);
    this.#wake?.();
  }

  /** No more will come: the end, or why it was cut short. */
  end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#wake?.();
  }

  /** The next bytes, or undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      const bytes = this.#chunks.shift();
      if (this.#chunks.length === 0) this.#gathering = undefined;
      if (bytes !== undefined) {
        this.#account(bytes.byteLength);
        return bytes;
      }
      if (this.#error !== undefined) throw this.#error;
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (let bytes = await this.next(); bytes !== undefined; bytes = await this.next()) yield bytes;
  }

  #gather(bytes: Uint8Array): void {
    let last = this.#gathering;
    if (last === undefined || last.filled + bytes.byteLength > last.room.byteLength) {
      last = { room: new Uint8Array(GATHERED), filled: 0 };
      this.#gathering = last;
      this.#chunks.push(new Uint8Array());
    }
    last.room.set(bytes, last.filled);
    last.filled += bytes.byteLength;
    this.#chunks[this.#chunks.length - 1] = last.room.subarray(0, last.filled);
  }

  #account(bytes: number): void {
    this.#taken += bytes;
    if (this.#taken < GRANT_BYTES || this.#ended) return;
    this.#allowed += this.#taken;
    this.#grant(this.#taken);
    this.#taken = 0;
  }
}

/** The writing end of a byte stream: sends what the reader's credit allows and waits for more. */
export class ByteWriter {
  readonly #send: (bytes: Uint8Array) => void;
  #credit = INITIAL_CREDIT;
  #closed: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(send: (bytes: Uint8Array) => void) {
    this.#send = send;
  }

  /** Resolves when all was sent. One write at a time. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let offset = 0; offset < bytes.byteLength; ) {
      while (this.#credit === 0 && this.#closed === undefined) await this.#moreCredit();
      if (this.#closed !== undefined) throw this.#closed;
      const end = Math.min(bytes.byteLength, offset + Math.min(this.#credit, MAX_CHUNK));
      this.#credit -= end - offset;
      this.#send(bytes.subarray(offset, end));
      offset = end;
    }
  }

  grant(bytes: number): void {
    this.#credit += bytes;
    this.#wake?.();
  }

  /** Nobody reads any more: writes fail with the reason. */
  close(reason: Error): void {
    this.#closed ??= reason;
    this.#wake?.();
  }

  #moreCredit(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
