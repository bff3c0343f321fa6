import type { Bytes } from "../shared/streams.ts";

const NOTHING = Buffer.alloc(0);

/** Reads a stream in pieces of any length. */
export class ByteSource {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #chunk: Buffer = NOTHING;

  constructor(bytes: Bytes) {
    this.#chunks = bytes[Symbol.asyncIterator]();
  }

  /** Bytes that can be taken without waiting. */
  get ready(): number {
    return this.#chunk.length;
  }

  /** Waits until `wanted` bytes are ready, all in memory. Returns false when the stream ends first. */
  async fill(wanted: number): Promise<boolean> {
    while (this.#chunk.length < wanted) {
      const { done, value } = await this.#chunks.next();
      if (done) return false;
      const next = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      this.#chunk = this.#chunk.length === 0 ? next : Buffer.concat([this.#chunk, next]);
    }
    return true;
  }

  /** Takes at most `most` of the bytes that are ready. */
  take(most: number): Buffer {
    const taken = this.#chunk.subarray(0, most);
    this.#chunk = this.#chunk.subarray(taken.length);
    return taken;
  }

  /** Ends the stream. */
  async close(): Promise<void> {
    this.#chunk = NOTHING;
    await this.#chunks.return?.();
  }
}
