import { CHUNK_HEADER_BYTES, CHUNK_MARK, HEADER_BYTES } from "../../../protocol/wire/frame.ts";

const SCRATCH_BYTES = 65_536;
/** Maximum number of UTF-8 bytes for one UTF-16 unit. */
const MAX_UTF8_PER_UNIT = 3;

/** Frames to be written. The writer writes the part from `next()`, and reports the bytes written with `advance()`. */
export class FrameQueue {
  /** Buffer for one message, so that short ones need no allocation. */
  readonly #scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  readonly #parts: Uint8Array[] = [];
  /** Bytes of the next part that have been written. */
  offset = 0;

  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }

  json(text: string): void {
    if (this.isEmpty && HEADER_BYTES + text.length * MAX_UTF8_PER_UNIT <= SCRATCH_BYTES) {
      const size = this.#scratch.write(text, HEADER_BYTES);
      this.#scratch.writeUInt32BE(size);
      this.#parts.push(this.#scratch.subarray(0, HEADER_BYTES + size));
      return;
    }
    const payload = Buffer.from(text);
    const header = Buffer.allocUnsafe(HEADER_BYTES);
    header.writeUInt32BE(payload.length);
    this.#parts.push(header, payload);
  }

  /** Queues a chunk of a byte stream. Its bytes must not change until they have been written. */
  chunk(id: number, bytes: Uint8Array, flags: number): void {
    const header = Buffer.allocUnsafe(HEADER_BYTES + CHUNK_HEADER_BYTES);
    let at = header.writeUInt32BE(CHUNK_HEADER_BYTES + bytes.byteLength);
    at = header.writeUInt8(CHUNK_MARK, at);
    at = header.writeUInt8(flags, at);
    header.writeUInt32BE(id, at);
    this.#parts.push(header);
    if (bytes.byteLength > 0) this.#parts.push(bytes);
  }

  /** The next part; write it from `offset` on. */
  next(): Uint8Array | undefined {
    return this.#parts[0];
  }

  advance(bytes: number): void {
    this.offset += bytes;
    if (this.offset < (this.#parts[0]?.byteLength ?? 0)) return;
    this.#parts.shift();
    this.offset = 0;
  }

  discard(): void {
    this.#parts.length = 0;
    this.offset = 0;
  }
}
