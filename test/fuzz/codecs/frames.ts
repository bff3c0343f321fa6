import { deepStrictEqual } from "node:assert";
import { CHUNK_HEADER_BYTES, CHUNK_MARK, FrameReader, HEADER_BYTES, LAST_CHUNK } from "../../../protocol/wire/frame.ts";
import { mutate } from "../mutate.ts";
import type { Random } from "../random.ts";
import { outcomeOf, type Target } from "../target.ts";

const LIMITS = [16, 300, 70_000];

/** What a reader decoded from bytes, to compare two readers. */
interface Reading {
  payloads: string[];
  /** Hexadecimal bytes by stream. `|` marks the end of a stream. */
  streams: Record<number, string>;
  midFrame: boolean;
  refusal: string | undefined;
}

/** Valid and invalid frames of all kinds and sizes, split anywhere: the reader has the same result as a naive one. */
export const frames: Target = {
  name: "frames",
  share: 0.28,
  try: (random) => {
    const limit = random.pick(LIMITS);
    const whole = Buffer.concat(random.list(6, () => frame(random, limit)));
    const bytes = random.chance(0.3) ? mutate(random, whole) : whole;
    const takesChunks = random.chance(0.7);
    deepStrictEqual(read(random.split(bytes), limit, takesChunks), readNaively(bytes, limit, takesChunks));
  },
};

/** A frame whose header mostly has the correct size. */
export function frame(random: Random, limit: number): Buffer {
  const payload = random.chance(0.4) ? chunk(random) : random.bytes(random.below(random.pick([8, 40, 400])));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(random.chance(0.95) ? payload.length : random.pick([0, 1, limit, limit + 1, 0xffff_ffff]));
  return Buffer.concat([header, payload]);
}

function chunk(random: Random): Buffer {
  return Buffer.from([CHUNK_MARK, random.below(3), 0, 0, 0, random.below(3), ...random.bytes(random.below(30))]);
}

function read(pieces: readonly Buffer[], limit: number, takesChunks: boolean): Reading {
  const reader = new FrameReader(limit);
  const reading: Reading = { payloads: [], streams: {}, midFrame: false, refusal: undefined };
  const takePayload = (payload: Buffer) => reading.payloads.push(payload.toString("hex"));
  const takeChunk = (id: number, bytes: Buffer, last: boolean) => {
    reading.streams[id] = (reading.streams[id] ?? "") + bytes.toString("hex") + (last ? "|" : "");
  };
  reading.refusal = outcomeOf(["BAD_FRAME", "FRAME_TOO_LARGE"], () => {
    for (const piece of pieces) reader.push(Buffer.from(piece), takePayload, takesChunks ? takeChunk : undefined);
  }) as string | undefined;
  reading.midFrame = reading.refusal === undefined && reader.midFrame;
  return reading;
}

function readNaively(bytes: Buffer, limit: number, takesChunks: boolean): Reading {
  const reading: Reading = { payloads: [], streams: {}, midFrame: false, refusal: undefined };
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < HEADER_BYTES) return { ...reading, midFrame: true };
    const size = bytes.readUInt32BE(at);
    if (size > limit || size === 0) return { ...reading, refusal: size === 0 ? "BAD_FRAME" : "FRAME_TOO_LARGE" };
    at += HEADER_BYTES;
    const part = bytes.subarray(at, at + size);
    if (takesChunks && part[0] === CHUNK_MARK) {
      if (size < CHUNK_HEADER_BYTES) return { ...reading, refusal: "BAD_FRAME" };
      takeNaively(reading.streams, part, size);
    } else if (part.length === size) reading.payloads.push(part.toString("hex"));
    if (part.length < size) return { ...reading, midFrame: true };
    at += size;
  }
  return reading;
}

function takeNaively(streams: Record<number, string>, part: Buffer, size: number): void {
  if (part.length < CHUNK_HEADER_BYTES) return;
  const id = part.readUInt32BE(2);
  const isLast = part.length === size && ((part[1] as number) & LAST_CHUNK) !== 0;
  streams[id] = (streams[id] ?? "") + part.toString("hex", CHUNK_HEADER_BYTES) + (isLast ? "|" : "");
}
