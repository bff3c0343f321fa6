import { expect, test } from "vitest";
import { KeptTexts } from "../../../internal/gateway/exchange/kept-texts.ts";

const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => byte);

test("a text has one character per byte, also of a view of a larger buffer", () => {
  const texts = new KeptTexts();
  expect(Buffer.from(texts.of(ALL_BYTES), "latin1")).toEqual(Buffer.from(ALL_BYTES));
  expect(texts.of(ALL_BYTES.subarray(65, 68))).toBe("ABC");
});

test("a body is converted once", () => {
  const texts = new KeptTexts();
  const body = Uint8Array.of(65);
  expect(texts.of(body)).toBe("A");
  body[0] = 66; // a body never changes; here it shows that the text comes from the cache
  expect(texts.of(body)).toBe("A");
  expect(texts.length).toBe(1);
});

test("the cache is emptied when the budget is exceeded", () => {
  const texts = new KeptTexts(4);
  const [one, other] = [Buffer.from("one"), Buffer.from("two")];
  texts.of(one);
  expect(texts.of(other)).toBe("two");
  expect(texts.length).toBe(3);
  one[0] = 79;
  expect(texts.of(one)).toBe("One");
});
