import { XsysError } from "../errors.ts";

import { CHUNK_HEADER_BYTES, CHUNK_MARK, DEFAULT_MAX_FRAME, HEADER_BYTES, LAST_CHUNK } from "./frame-format.ts";

export * from "./frame-format.ts";
export { type FrameSink, FrameWriter } from "./frame-writer.ts";

/** Initial buffer size of a partly received payload; it doubles up to the announced size. */
const FIRST_ROOM = 65_536;

/** Receives the available bytes of a chunk; `last` is true at the end of the last chunk of a stream. */
type OnChunk = (id: number, bytes: Buffer, last: boolean) => void;

/**
 * Splits received bytes into payloads. A payload that arrived in one piece is passed on without a copy. One that
 * arrived in several pieces is copied once, into a buffer that grows with the received bytes, so that a header with a
 * large size allocates nothing by itself. Chunks of byte streams can be passed on in parts as they arrive; they are
 * then never copied.
 */
export class FrameReader {
  #maxFrame: number;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerFilled = 0;
  #size = -1;
  #body: Buffer | undefined;
  #bodyFilled = 0;
  readonly #chunkHeader = Buffer.alloc(CHUNK_HEADER_BYTES);
  #chunkHeaderFilled = 0;

  constructor(maxFrame: number = DEFAULT_MAX_FRAME) {
    this.#maxFrame = maxFrame;
  }

  /** The maximum size of later payloads in bytes. */
  set maxFrame(bytes: number) {
    this.#maxFrame = bytes;
  }

  /** Whether a frame has begun and not ended. */
  get midFrame(): boolean {
    return this.#headerFilled > 0 || this.#size >= 0;
  }

  /**
   * Takes the next bytes and passes on each payload that they complete. With `onChunk`, chunks are passed to it,
   * complete or in parts. What is passed on shares memory with the bytes: copy what must last.
   * @throws FRAME_TOO_LARGE based on the header alone; BAD_FRAME for a payload of size 0, which has no first byte that
   *   tells its kind, and for a chunk that ends within its header. The reader cannot be used afterwards.
   */
  push(bytes: Buffer, onPayload: (payload: Buffer) => void, onChunk?: OnChunk): void {
    let offset = 0;
    while (offset < bytes.length) {
      if (this.#size < 0) offset = this.#readHeader(bytes, offset);
      else if (onChunk !== undefined && this.#isInChunk(bytes, offset)) {
        offset = this.#readChunk(bytes, offset, onChunk);
      } else offset = this.#readBody(bytes, offset, onPayload);
    }
  }

  #readHeader(bytes: Buffer, offset: number): number {
    if (this.#headerFilled === 0 && bytes.length - offset >= HEADER_BYTES) {
      this.#begin(bytes.readUInt32BE(offset));
      return offset + HEADER_BYTES;
    }
    const copied = bytes.copy(this.#header, this.#headerFilled, offset, offset + HEADER_BYTES - this.#headerFilled);
    this.#headerFilled += copied;
    if (this.#headerFilled === HEADER_BYTES) {
      this.#headerFilled = 0;
      this.#begin(this.#header.readUInt32BE());
    }
    return offset + copied;
  }

  #begin(size: number): void {
    if (size > this.#maxFrame) {
      throw new XsysError("FRAME_TOO_LARGE", `a frame of ${size} bytes is over the limit of ${this.#maxFrame}`, {
        details: { size, limit: this.#maxFrame },
      });
    }
    if (size === 0) throw new XsysError("BAD_FRAME", "a frame of size 0 contains no message");
    this.#size = size;
  }

  #isInChunk(bytes: Buffer, offset: number): boolean {
    return this.#chunkHeaderFilled > 0 || (this.#bodyFilled === 0 && bytes[offset] === CHUNK_MARK);
  }

  /** Within a chunk, `#size` is the number of bytes that are still missing. */
  #readChunk(bytes: Buffer, offset: number, onChunk: OnChunk): number {
    const header = this.#chunkHeader;
    if (this.#chunkHeaderFilled === 0 && this.#size < CHUNK_HEADER_BYTES) {
      throw new XsysError("BAD_FRAME", "a chunk ends within its header");
    }
    const wanted = CHUNK_HEADER_BYTES - this.#chunkHeaderFilled;
    const start = offset + bytes.copy(header, this.#chunkHeaderFilled, offset, offset + wanted);
    this.#chunkHeaderFilled += start - offset;
    this.#size -= start - offset;
    if (this.#chunkHeaderFilled < CHUNK_HEADER_BYTES) return start;
    const end = Math.min(bytes.length, start + this.#size);
    this.#size -= end - start;
    const isComplete = this.#size === 0;
    if (isComplete) {
      this.#size = -1;
      this.#chunkHeaderFilled = 0;
    }
    onChunk(header.readUInt32BE(2), bytes.subarray(start, end), isComplete && (header.readUInt8(1) & LAST_CHUNK) !== 0);
    return end;
  }

  #readBody(bytes: Buffer, offset: number, onPayload: (payload: Buffer) => void): number {
    const end = Math.min(bytes.length, offset + this.#size - this.#bodyFilled);
    if (this.#bodyFilled === 0 && end - offset === this.#size) {
      this.#size = -1;
      onPayload(bytes.subarray(offset, end));
      return end;
    }
    const body = this.#roomFor(this.#bodyFilled + end - offset);
    this.#bodyFilled += bytes.copy(body, this.#bodyFilled, offset, end);
    if (this.#bodyFilled === this.#size) {
      this.#body = undefined;
      this.#bodyFilled = 0;
      this.#size = -1;
      onPayload(body);
    }
    return end;
  }

  /** A buffer with the received bytes and room for `needed`; it has exactly the frame's size once that is complete. */
  #roomFor(needed: number): Buffer {
    const body = this.#body;
    if (body !== undefined && needed <= body.length) return body;
    const doubled = Math.max(FIRST_ROOM, 2 * (body?.length ?? 0), needed);
    const grown = Buffer.allocUnsafeSlow(Math.min(this.#size, doubled));
    body?.copy(grown, 0, 0, this.#bodyFilled);
    this.#body = grown;
    return grown;
  }
}
