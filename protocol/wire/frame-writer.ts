import { CHUNK_HEADER_BYTES, CHUNK_MARK, HEADER_BYTES } from "./frame-format.ts";

/** Where frames go: a socket, as far as it matters here. */
export interface FrameSink {
  write(bytes: Uint8Array): boolean;
  cork(): void;
  uncork(): void;
}

const SLAB_BYTES = 65_536;
/**
 * Queued messages that are not held back until the tick ends: with 64 calls in flight the peer then works on the first
 * while the others are still being made, which is worth 30 % of the calls. Smaller ones cost more in system calls.
 */
const BATCH_BYTES = 3_072;
/** Frames of a turn that are not held back: of 2, 4, 8 and all, 8 let a gateway answer most requests, by 17 % over all. */
const BATCH_FRAMES = 8;
/** Up to here the end of a payload is copied behind its beginning: a part of its own costs a write more. */
const COPIED_BYTES = 8_192;
/** UTF-8 bytes of one UTF-16 unit at the most. */
const MAX_UTF8_PER_UNIT = 3;

/**
 * Writes frames. What is said in one tick leaves in few writes, a small tick in one: messages are encoded straight into
 * a shared slab, whose parts are handed to the sink and never written again.
 */
export class FrameWriter {
  readonly #sink: FrameSink;
  #slab: Buffer = Buffer.allocUnsafeSlow(SLAB_BYTES);
  #start = 0;
  #end = 0;
  #scheduled = false;
  #corked = false;
  /** Frames that are not handed over yet, and how many may wait. */
  #waiting = 0;
  #most = Number.POSITIVE_INFINITY;
  #defer: (flush: () => void) => void = process.nextTick;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /**
   * From here on what is said in one turn of the event loop leaves together, up to BATCH_FRAMES, and not in one tick: for
   * a gateway, which has many sockets to listen to and one to speak on, and for its worker. Of 32 requests that came at
   * once each took a write of its own; all in one write, the two worked by turns and stood still a quarter of the time.
   */
  gatherTurn(): void {
    this.#defer = setImmediate;
    this.#most = BATCH_FRAMES;
  }

  /** Queues a JSON message. */
  json(text: string): void {
    const most = HEADER_BYTES + text.length * MAX_UTF8_PER_UNIT;
    if (most > SLAB_BYTES) {
      this.#large(Buffer.from(text));
      return;
    }
    this.#reserve(most);
    const size = this.#slab.write(text, this.#end + HEADER_BYTES);
    this.#slab.writeUInt32BE(size, this.#end);
    this.#end += HEADER_BYTES + size;
    this.#handOverIfMany();
    this.#schedule();
  }

  /**
   * Queues a payload: what `encode` writes from a place on, which is `most` bytes at the most and whose end it returns,
   * and then `tail`, which must not change afterwards.
   */
  binary(most: number, encode: (room: Buffer, start: number) => number, tail: Uint8Array): void {
    const copied = tail.byteLength <= COPIED_BYTES ? tail.byteLength : 0;
    const needed = HEADER_BYTES + most + copied;
    if (needed > SLAB_BYTES) {
      this.#large(encoded(most, encode), tail);
      return;
    }
    this.#reserve(needed);
    const start = this.#end + HEADER_BYTES;
    const end = encode(this.#slab, start);
    this.#slab.writeUInt32BE(end - start + tail.byteLength, this.#end);
    if (copied > 0) this.#slab.set(tail, end);
    this.#end = end + copied;
    if (copied < tail.byteLength) this.#direct(tail);
    else this.#handOverIfMany();
    this.#schedule();
  }

  /** Queues a payload that is there in pieces, which must not change afterwards. */
  pieces(pieces: readonly Uint8Array[]): void {
    this.#reserve(HEADER_BYTES);
    const size = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
    this.#end = this.#slab.writeUInt32BE(size, this.#end);
    for (const piece of pieces) if (piece.byteLength > 0) this.#direct(piece);
    this.#schedule();
  }

  /** Queues a chunk of a byte stream. The bytes must not change afterwards. */
  chunk(id: number, bytes: Uint8Array, flags = 0): void {
    this.#reserve(HEADER_BYTES + CHUNK_HEADER_BYTES);
    let at = this.#slab.writeUInt32BE(CHUNK_HEADER_BYTES + bytes.byteLength, this.#end);
    at = this.#slab.writeUInt8(CHUNK_MARK, at);
    at = this.#slab.writeUInt8(flags, at);
    this.#end = this.#slab.writeUInt32BE(id, at);
    if (bytes.byteLength > 0) this.#direct(bytes);
    this.#schedule();
  }

  /** Hands what is still queued to the sink. Called by itself at the end of the tick. */
  readonly flush = (): void => {
    this.#scheduled = false;
    this.#handOver();
    if (this.#corked) {
      this.#corked = false;
      this.#sink.uncork();
    }
  };

  #large(payload: Buffer, tail?: Uint8Array): void {
    this.#reserve(HEADER_BYTES);
    this.#end = this.#slab.writeUInt32BE(payload.length + (tail?.byteLength ?? 0), this.#end);
    this.#direct(payload);
    if (tail !== undefined && tail.byteLength > 0) this.#direct(tail);
    this.#schedule();
  }

  /** Queues bytes as they are, behind what the slab holds. */
  #direct(bytes: Uint8Array): void {
    if (!this.#corked) {
      this.#corked = true;
      this.#sink.cork();
    }
    this.#handOver();
    this.#sink.write(bytes);
  }

  #handOverIfMany(): void {
    if (++this.#waiting >= this.#most || this.#end - this.#start >= BATCH_BYTES) this.#handOver();
  }

  #handOver(): void {
    this.#waiting = 0;
    if (this.#end === this.#start) return;
    const queued = this.#slab.subarray(this.#start, this.#end);
    this.#start = this.#end;
    this.#sink.write(queued);
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= SLAB_BYTES) return;
    this.#handOver();
    this.#slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    this.#start = 0;
    this.#end = 0;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#defer(this.flush);
  }
}

function encoded(most: number, encode: (room: Buffer, start: number) => number): Buffer {
  const room = Buffer.allocUnsafeSlow(most);
  return room.subarray(0, encode(room, 0));
}
