import { expect, test } from "vitest";
import { SharedText } from "../../internal/files/shared-text.ts";

test("shared text contains everything that was added, whatever its size", () => {
  const text = new SharedText();
  let expected = "";
  for (let n = 0; n < 3_000; n++) {
    text.add(`${n}é€😀"`.repeat(9));
    expected += `${n}é€😀"`.repeat(9);
    if (n % 1_000 !== 0) continue;
    text.addBytes(Buffer.from("bytes"));
    expected += "bytes";
  }
  expect(Buffer.from(text.bytes).toString()).toBe(expected);
  expect(text.size).toBe(Buffer.byteLength(expected));
  expect(text.bytes.buffer).toBeInstanceOf(SharedArrayBuffer);
});
