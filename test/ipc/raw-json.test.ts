import { expect, test } from "vitest";
import { RawJson } from "../../internal/raw-json.ts";
import { encodeRawResult, encodeResult } from "../../protocol/message.ts";

test("a result in pieces of JSON is the message that it would be as a value", () => {
  const { pieces } = new RawJson([Buffer.from('["é",'), Buffer.from("1]")]);
  for (const id of [undefined, 7]) {
    expect(Buffer.concat(encodeRawResult(pieces, id)).toString()).toBe(encodeResult(["é", 1], id));
  }
});
