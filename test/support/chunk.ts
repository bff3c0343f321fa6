import { CHUNK_HEADER_BYTES, CHUNK_MARK, LAST_CHUNK } from "../../protocol/wire/frame.ts";

/** A complete chunk of a byte stream. The service and its clients process chunks in parts, as the bytes arrive. */
export interface Chunk {
  readonly id: number;
  readonly last: boolean;
  readonly bytes: Buffer;
}

/** Whether a payload is a chunk, by its first byte. */
export function isChunk(payload: Buffer): boolean {
  return payload[0] === CHUNK_MARK;
}

export function parseChunk(payload: Buffer): Chunk {
  if (payload.length < CHUNK_HEADER_BYTES) throw new Error("a chunk has an incomplete header");
  return {
    id: payload.readUInt32BE(2),
    last: ((payload[1] ?? 0) & LAST_CHUNK) !== 0,
    bytes: payload.subarray(CHUNK_HEADER_BYTES),
  };
}
