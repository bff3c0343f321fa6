import { describe, expect, test } from "vitest";
import { FrameReader, FrameWriter, HEADER_BYTES, LAST_CHUNK } from "../../../protocol/wire/frame.ts";
import { isChunk, parseChunk } from "../../support/chunk.ts";
import { fc } from "../../support/property.ts";

function framed(payload: Uint8Array): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(payload.length);
  return Buffer.concat([header, payload]);
}

/** Pushes bytes, split at the given positions, and returns copies of the payloads. */
function read(reader: FrameReader, bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const payloads: Buffer[] = [];
  pushInPieces(bytes, cuts, (piece) => reader.push(piece, (payload) => payloads.push(Buffer.from(payload))));
  return payloads;
}

function pushInPieces(bytes: Buffer, cuts: readonly number[], push: (piece: Buffer) => void): void {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (const [i, from] of places.entries()) {
    push(Buffer.from(bytes.subarray(from, places[i + 1] ?? bytes.length)));
  }
}

function fail(): never {
  throw new Error("this was not to be called");
}

describe("FrameReader", () => {
  test("yields the written payloads, however the bytes are split", () => {
    const payloads = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 20 });
    fc.assert(
      fc.property(payloads, fc.array(fc.nat(), { maxLength: 40 }), (sent, cuts) => {
        const received = read(new FrameReader(), Buffer.concat(sent.map(framed)), cuts);
        expect(received.map((payload) => payload.toString("hex"))).toEqual(
          sent.map((payload) => Buffer.from(payload).toString("hex")),
        );
      }),
      { numRuns: 500 },
    );
  });

  test("yields a large payload that arrives byte by byte, or in pieces of odd sizes", () => {
    const payload = Buffer.alloc(200_003, "abcdefg");
    const bytes = Buffer.concat([framed(payload), framed(Buffer.from("next"))]);
    const reader = new FrameReader();
    const received: Buffer[] = [];
    const take = (piece: Buffer) => received.push(piece);
    for (let at = 0; at < 1_000; at++) reader.push(bytes.subarray(at, at + 1), take);
    for (let at = 1_000; at < bytes.length; at += 7_919) reader.push(bytes.subarray(at, at + 7_919), take);
    expect(received).toHaveLength(2);
    expect(received[0]?.equals(payload)).toBe(true);
    expect(received[1]?.toString()).toBe("next");
  });

  test("yields chunks in parts as they arrive, however the bytes are split, and marks the last part of a stream", () => {
    const chunks = fc.array(fc.record({ id: fc.nat(3), bytes: fc.uint8Array({ maxLength: 300 }), last: fc.boolean() }));
    fc.assert(
      fc.property(chunks, fc.array(fc.nat(), { maxLength: 40 }), (sent, cuts) => {
        const framedChunks = sent.map(({ id, bytes, last }) =>
          framed(Buffer.from([0x03, last ? LAST_CHUNK : 0, 0, 0, 0, id, ...bytes])),
        );
        const message = framed(Buffer.from("{}"));
        const streams = ["", "", "", ""];
        const payloads: string[] = [];
        const reader = new FrameReader();
        const takeChunk = (id: number, part: Buffer, last: boolean) => {
          streams[id] += part.toString("hex") + (last ? "|" : "");
        };
        pushInPieces(Buffer.concat([...framedChunks, message]), cuts, (piece) =>
          reader.push(piece, (payload) => payloads.push(payload.toString()), takeChunk),
        );
        expect(payloads).toEqual(["{}"]);
        const ofStream = (id: number) => sent.filter((chunk) => chunk.id === id);
        expect(streams).toEqual(
          streams.map((_, id) =>
            ofStream(id)
              .map(({ bytes, last }) => Buffer.from(bytes).toString("hex") + (last ? "|" : ""))
              .join(""),
          ),
        );
      }),
      { numRuns: 500 },
    );
  });

  test("passes on the first part of a chunk before the rest arrives", () => {
    const bytes = framed(Buffer.concat([Buffer.from([0x03, LAST_CHUNK, 0, 0, 0, 7]), Buffer.alloc(100_000, "x")]));
    const parts: [id: number, length: number, last: boolean][] = [];
    const take = (id: number, { length }: Buffer, last: boolean) => parts.push([id, length, last]);
    const reader = new FrameReader();
    reader.push(bytes.subarray(0, 65_536), fail, take);
    expect(parts).toEqual([[7, 65_526, false]]);
    expect(reader.midFrame).toBe(true);
    reader.push(bytes.subarray(65_536), fail, take);
    expect(parts).toEqual([
      [7, 65_526, false],
      [7, 34_474, true],
    ]);
    expect(reader.midFrame).toBe(false);
  });

  test("refuses a chunk with an incomplete header", () => {
    const reader = new FrameReader();
    expect(() => reader.push(framed(Buffer.from([0x03, 0, 0, 0, 0])), fail, fail)).toThrow(
      expect.objectContaining({ code: "BAD_FRAME" }),
    );
  });

  test("yields payloads or fails with an error code, for any input", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), fc.array(fc.nat(), { maxLength: 20 }), (garbage, cuts) => {
        let bytes = 0;
        try {
          for (const payload of read(new FrameReader(1_000), Buffer.from(garbage), cuts)) bytes += payload.length;
        } catch (error) {
          expect(error).toMatchObject({
            name: "XsysError",
            code: expect.stringMatching(/^(FRAME_TOO_LARGE|BAD_FRAME)$/),
          });
        }
        expect(bytes).toBeLessThanOrEqual(garbage.length);
      }),
      { numRuns: 1_000 },
    );
  });

  test("refuses a size over the limit from the header alone", () => {
    const reader = new FrameReader(1_000);
    const header = Buffer.from([0xff, 0xff, 0xff, 0xff]);
    expect(() => reader.push(header, () => {})).toThrow(
      expect.objectContaining({ code: "FRAME_TOO_LARGE", details: { size: 0xffff_ffff, limit: 1_000 } }),
    );
  });

  test("accepts a frame of exactly the limit", () => {
    const received = read(new FrameReader(1_000), framed(Buffer.alloc(1_000)), [3, 500]);
    expect(received).toHaveLength(1);
  });

  test("refuses a frame of size 0 instead of waiting for its bytes", () => {
    expect(() => read(new FrameReader(), Buffer.alloc(8), [])).toThrow(expect.objectContaining({ code: "BAD_FRAME" }));
  });

  test("allocates no memory for bytes that were only announced", () => {
    const reader = new FrameReader();
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32BE(100 * 1024 * 1024);
    const before = process.memoryUsage().arrayBuffers;
    reader.push(header, () => {});
    reader.push(Buffer.from("x"), () => {});
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024);
    expect(reader.midFrame).toBe(true);
  });

  test("knows whether a frame is incomplete", () => {
    const reader = new FrameReader();
    expect(reader.midFrame).toBe(false);
    reader.push(Buffer.from([0]), () => {});
    expect(reader.midFrame).toBe(true);
    reader.push(Buffer.from([0, 0, 1, 7]), () => {});
    expect(reader.midFrame).toBe(false);
  });
});

/** A sink that stores the written bytes and counts the writes. */
function collector() {
  const writes: Buffer[] = [];
  return { writes, write: (bytes: Uint8Array) => writes.push(Buffer.from(bytes)) > 0, cork() {}, uncork() {} };
}

describe("FrameWriter", () => {
  test("writes all messages of a tick in one write", async () => {
    const sink = collector();
    const writer = new FrameWriter(sink);
    for (let i = 0; i < 100; i++) writer.json(`{"type":"Ping","id":${i}}`);
    expect(sink.writes).toHaveLength(0);
    await new Promise(process.nextTick);
    expect(sink.writes).toHaveLength(1);
    expect(read(new FrameReader(), Buffer.concat(sink.writes), [])).toHaveLength(100);
  });

  test("writes the first 3 KiB of many messages at once, and the others in few writes", async () => {
    const sink = collector();
    const writer = new FrameWriter(sink);
    for (let turn = 0; turn < 2; turn++) {
      for (let i = 0; i < 100; i++) writer.json(JSON.stringify("x".repeat(98)));
      await new Promise(process.nextTick);
      expect(sink.writes.splice(0).map(({ length }) => length)).toEqual([30 * 104, 70 * 104]);
    }
  });

  test("writes texts of any size and script, and chunks, so that a reader gets them in order", () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary", maxLength: 50 }),
      fc.nat(90_000).map((n) => "é".repeat(n)),
    );
    const message = fc.oneof(text, fc.uint8Array({ maxLength: 1_000 }));
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 12 }), (messages) => {
        const sink = collector();
        const writer = new FrameWriter(sink);
        for (const sent of messages) {
          if (typeof sent === "string") writer.json(JSON.stringify(sent));
          else writer.chunk(7, sent);
        }
        writer.flush();
        const received = read(new FrameReader(), Buffer.concat(sink.writes), []).map((payload) =>
          isChunk(payload) ? parseChunk(payload).bytes.toString("hex") : JSON.parse(payload.toString()),
        );
        const expected = messages.map((sent) =>
          typeof sent === "string" ? Buffer.from(sent).toString() : Buffer.from(sent).toString("hex"),
        );
        expect(received).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  test("marks a stream's last chunk, which may be empty", () => {
    const sink = collector();
    const writer = new FrameWriter(sink);
    writer.chunk(0xffff_ffff, new Uint8Array(), 1);
    writer.flush();
    const [payload = Buffer.alloc(0)] = read(new FrameReader(), Buffer.concat(sink.writes), []);
    expect(parseChunk(payload)).toMatchObject({ id: 0xffff_ffff, last: true, bytes: Buffer.alloc(0) });
  });
});
