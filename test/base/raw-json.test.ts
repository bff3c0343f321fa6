import { expect, test } from "vitest";
import { RawJson } from "../../internal/base/raw-json.ts";
import { FrameReader, FrameWriter } from "../../protocol/wire/frame.ts";
import { encodeRawResult, encodeResult } from "../../protocol/wire/message.ts";

test("a result given as pieces of JSON is encoded like the same result given as a value", () => {
  const { pieces } = new RawJson([Buffer.from('["é",'), Buffer.from("1]")]);
  for (const id of [undefined, 7]) {
    expect(Buffer.concat(encodeRawResult(pieces, id)).toString()).toBe(encodeResult(["é", 1], id));
  }
});

test("a payload in pieces is written as one frame, after the frames before it", () => {
  const written: Uint8Array[] = [];
  const writer = new FrameWriter({ write: (bytes) => written.push(bytes) > 0, cork: () => {}, uncork: () => {} });
  writer.json("{}");
  writer.pieces([Buffer.from('{"a":'), new Uint8Array(), Buffer.alloc(200_000, " "), Buffer.from("1}")]);
  writer.json("{}");
  writer.flush();
  const payloads: string[] = [];
  new FrameReader().push(Buffer.concat(written), (payload) => payloads.push(payload.toString()));
  expect(payloads).toEqual(["{}", `{"a":${" ".repeat(200_000)}1}`, "{}"]);
});
