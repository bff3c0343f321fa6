import { CHUNK_HEADER_BYTES, CHUNK_MARK, HEADER_BYTES } from "./frame-format.ts";

/** The destination of frames: the part of a socket that is used here. */
export interface FrameSink {
  write(bytes: Uint8Array): boolean;
  cork(): void;
  uncork(): void;
}

const SLAB_BYTES = 65_536;
/**
 * Queued bytes at which messages are written before the tick ends: with 64 calls in flight, the peer then works on the
 * first ones while the others are still being encoded, which gains 30 % more calls. A smaller limit costs more in
 * system calls.
 */
const BATCH_BYTES = 3_072;
/**
 * The same limit for further writes of the tick. The peer is awake by then, and reads more with each call of the system.
 */
const LATER_BATCH_BYTES = 12_288;
/**
 * Frames at which a turn's frames are written before the turn ends. Of 2, 4, 8 and no limit, 8 gave a gateway the
 * highest throughput, 17 % more than no limit.
 */
const BATCH_FRAMES = 8;
/** Up to this size the end of a payload is copied behind its beginning: as a separate part it costs one more write. */
const COPIED_BYTES = 8_192;
/** Maximum number of UTF-8 bytes per UTF-16 unit. */
const MAX_UTF8_PER_UNIT = 3;

/**
 * Writes frames. The messages of one tick are sent in few writes, often in one: they are encoded directly into a shared
 * slab, whose parts are passed to the sink and never overwritten.
 */
export class FrameWriter {
  readonly #sink: FrameSink;
  #slab: Buffer = Buffer.allocUnsafeSlow(SLAB_BYTES);
  #start = 0;
  #end = 0;
  #scheduled = false;
  #corked = false;
  /** Number of frames not yet passed to the sink, and its maximum. */
  #waiting = 0;
  #most = Number.POSITIVE_INFINITY;
  /** Maximum number of bytes not yet passed to the sink: at first, and for further writes of the tick. */
  #mostBytes = BATCH_BYTES;
  #mostBytesLater = LATER_BATCH_BYTES;
  #defer: (flush: () => void) => void = process.nextTick;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /**
   * From now on, frames are batched per turn of the event loop (up to BATCH_FRAMES) instead of per tick. This is for a
   * gateway, which reads from many sockets and writes to one, and for its worker: without it, each of 32 simultaneous
   * requests took a write of its own. With all of them in one write, gateway and worker took turns and were idle for a
   * quarter of the time.
   */
  gatherTurn(): void {
    this.#defer = setImmediate;
    this.#most = BATCH_FRAMES;
    this.#mostBytesLater = BATCH_BYTES;
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
   * Queues a payload: what `encode` writes (at most `most` bytes, starting at a given offset; it returns the end
   * offset), followed by `tail`, which must not change afterwards.
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

  /** Queues a payload that consists of several pieces, which must not change afterwards. */
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

  /** Passes everything queued to the sink. Called automatically at the end of the tick. */
  readonly flush = (): void => {
    this.#scheduled = false;
    this.#mostBytes = BATCH_BYTES;
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

  /** Queues bytes without copying, after the contents of the slab. */
  #direct(bytes: Uint8Array): void {
    if (!this.#corked) {
      this.#corked = true;
      this.#sink.cork();
    }
    this.#handOver();
    this.#sink.write(bytes);
  }

  #handOverIfMany(): void {
    if (++this.#waiting < this.#most && this.#end - this.#start < this.#mostBytes) return;
    this.#mostBytes = this.#mostBytesLater;
    this.#handOver();
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
