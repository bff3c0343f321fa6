import { describe, expect, test } from "vitest";
import { CHUNK_MARK, FrameWriter, LAST_CHUNK } from "../../../protocol/wire/frame.ts";
import { encodeMessage } from "../../../protocol/wire/message.ts";
import { MessageReader } from "../../../protocol/wire/message-reader.ts";

/** The bytes that `write` writes. */
function bytesOf(write: (writer: FrameWriter) => void): Buffer {
  const parts: Buffer[] = [];
  const keep = (bytes: Uint8Array) => parts.push(Buffer.from(bytes)) > 0;
  const writer = new FrameWriter({ write: keep, cork: () => {}, uncork: () => {} });
  write(writer);
  writer.flush();
  return Buffer.concat(parts);
}

function startReader({ knows = true } = {}) {
  const seen: unknown[] = [];
  const reader = new MessageReader({
    message: ({ type, id }) => seen.push([type, id]),
    chunk: (id, bytes, last) => seen.push([id, bytes.toString(), last]),
    binary: (payload) => knows && seen.push([...payload]) > 0,
    fault: (error) => seen.push((error as { code?: string }).code),
  });
  return { reader, seen };
}

const FRAMES = bytesOf((writer) => {
  writer.json(encodeMessage("Ping", {}, 7));
  writer.chunk(3, Buffer.from("abc"), LAST_CHUNK);
  writer.binary(2, (room, start) => room.writeUInt8(0x02, room.writeUInt8(0x02, start)), new Uint8Array());
});

describe("MessageReader", () => {
  test("passes messages, chunks and binary payloads to their handlers, in order", () => {
    const { reader, seen } = startReader();
    reader.receive(FRAMES);
    expect(seen).toEqual([
      ["Ping", 7],
      [3, "abc", true],
      [2, 2],
    ]);
    expect(reader.midFrame).toBe(false);
  });

  test("does the same when the bytes arrive one by one", () => {
    const { reader, seen } = startReader();
    for (const byte of FRAMES) reader.receive(Buffer.from([byte]));
    const text = seen.filter((each) => Array.isArray(each) && each[0] === 3).map((each) => (each as string[])[1]);
    expect(text.join("")).toBe("abc");
    expect(seen[0]).toEqual(["Ping", 7]);
    expect(seen.at(-1)).toEqual([2, 2]);
  });

  test("reports an unknown binary payload and invalid JSON as faults", () => {
    const { reader, seen } = startReader({ knows: false });
    reader.receive(
      bytesOf((writer) => writer.binary(1, (room, start) => room.writeUInt8(0x99, start), new Uint8Array())),
    );
    reader.receive(bytesOf((writer) => writer.json("{nonsense")));
    expect(seen).toEqual(["BAD_FRAME", "BAD_FRAME"]);
  });

  test("reports an exception of a handler as a fault", () => {
    const faults: unknown[] = [];
    const reader = new MessageReader({
      message: () => {
        throw new Error("no");
      },
      chunk: () => {},
      fault: (error) => faults.push((error as Error).message),
    });
    reader.receive(bytesOf((writer) => writer.json(encodeMessage("Ping", {}))));
    expect(faults).toEqual(["no"]);
  });

  test("reports a chunk with an incomplete header as a fault", () => {
    const { reader, seen } = startReader();
    reader.receive(Buffer.from([0, 0, 0, 3, CHUNK_MARK, 0, 0]));
    expect(seen).toEqual(["BAD_FRAME"]);
  });
});
