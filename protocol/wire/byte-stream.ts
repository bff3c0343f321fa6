import { XsysError } from "../errors.ts";
import { INITIAL_CREDIT, MAX_CHUNK } from "./message.ts";

/**
 * Bytes that a reader consumes before it grants them again: often enough not to stall, rarely enough to cost little.
 */
const GRANT_BYTES = INITIAL_CREDIT / 4;
/**
 * Chunks below this size are merged while they wait to be read: a chunk has an overhead of 200 bytes, so a mebibyte
 * that arrived byte by byte would occupy 200 MB.
 */
const SMALL = 1_024;
/** Size of the buffers into which small chunks are merged. */
const GATHERED = 16_384;

/**
 * The reading end of a byte stream: buffers chunks until they are read, and grants credit for what was read. It never
 * buffers more than the credit it granted.
 */
export class ByteReader implements AsyncIterable<Uint8Array> {
  readonly #grant: (bytes: number) => void;
  readonly #chunks: Uint8Array[] = [];
  /** The last chunk, if it has room for more small ones. */
  #gathering: { readonly room: Uint8Array; filled: number } | undefined;
  #allowed = INITIAL_CREDIT;
  #taken = 0;
  #ended = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(grant: (bytes: number) => void) {
    this.#grant = grant;
  }

  /** @throws BAD_FRAME if the writer sends more than its credit. */
  push(bytes: Uint8Array): void {
    if (this.#ended) return;
    this.#allowed -= bytes.byteLength;
    if (this.#allowed < 0) throw new XsysError("BAD_FRAME", "a stream received more bytes than its credit");
    if (bytes.byteLength >= SMALL || (bytes.byteLength > 0 && this.#chunks.length === 0)) {
      this.#gathering = undefined;
      this.#chunks.push(bytes);
    } else if (bytes.byteLength > 0) this.#gather(bytes);
    this.#wake?.();
  }

  /** No more bytes will arrive: the end, or the error that ended the stream. */
  end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#wake?.();
  }

  /** The next chunk, or undefined at the end. */
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

/** The writing end of a byte stream: sends as much as the reader's credit allows, then waits for more credit. */
export class ByteWriter {
  readonly #send: (bytes: Uint8Array) => void;
  #credit: number;
  #closed: Error | undefined;
  #wake: (() => void) | undefined;

  /** `credit` is the number of bytes that may be sent before the reader grants more. */
  constructor(send: (bytes: Uint8Array) => void, credit = INITIAL_CREDIT) {
    this.#send = send;
    this.#credit = credit;
  }

  /** Resolves when everything was sent. Only one write at a time. */
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

  /** The reader is gone: writes fail with the reason. */
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
