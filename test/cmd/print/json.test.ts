import { expect, test } from "vitest";
import { asciiOnly, isAsciiJson, toAsciiJson } from "../../../cmd/xsys/print/json.ts";
import { fc } from "../../support/property.ts";

test("any value becomes printable ASCII that parses back to an equal value", () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
      const json = toAsciiJson(value);
      expect(json).toMatch(/^[\x20-\x7e]*$/);
      expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test.each([
  ["é", String.raw`"\u00e9"`],
  ["a\u007fb", String.raw`"a\u007fb"`],
  ["🎉", String.raw`"\ud83c\udf89"`],
  ["\ud83c", String.raw`"\ud83c"`],
  ["\u2028", String.raw`"\u2028"`],
  ["\n\x1b", String.raw`"\n\u001b"`],
  ["\\u00e9", String.raw`"\\u00e9"`],
])("%j becomes %s", (text, json) => {
  expect(toAsciiJson(text)).toBe(json);
  expect(JSON.parse(json)).toBe(text);
});

test("keys are escaped too", () => {
  expect(toAsciiJson({ ключ: [1] })).toBe(String.raw`{"\u043a\u043b\u044e\u0447":[1]}`);
});

test("undefined becomes null", () => {
  expect(toAsciiJson(undefined)).toBe("null");
});

test("JSON text is made ASCII like the value that it stands for, and text that is ASCII is recognized", () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
      const text = JSON.stringify(value);
      expect(asciiOnly(text)).toBe(toAsciiJson(value));
      expect(isAsciiJson(Buffer.from(text))).toBe(asciiOnly(text) === text);
    }),
  );
});
