import { CHUNK_HEADER_BYTES, CHUNK_MARK, LAST_CHUNK } from "../../protocol/wire/frame.ts";

/** A chunk of a byte stream, taken whole: the service and its clients take chunks in parts as they come. */
export interface Chunk {
  readonly id: number;
  readonly last: boolean;
  readonly bytes: Buffer;
}

/** A payload's first byte tells whether it is a chunk. */
export function isChunk(payload: Buffer): boolean {
  return payload[0] === CHUNK_MARK;
}

export function parseChunk(payload: Buffer): Chunk {
  if (payload.length < CHUNK_HEADER_BYTES) throw new Error("a chunk is cut short in its header");
  return {
    id: payload.readUInt32BE(2),
    last: ((payload[1] ?? 0) & LAST_CHUNK) !== 0,
    bytes: payload.subarray(CHUNK_HEADER_BYTES),
  };
}
