import { expect, test } from "vitest";
import { byteRange } from "../../../internal/gateway/files/byte-range.ts";
import { fc } from "../../support/property.ts";

test("a range is within the file for any header value", () => {
  const number = fc.oneof(fc.constant(""), fc.nat(20).map(String), fc.constantFrom("9".repeat(400), "00", "x"));
  const spec = fc.tuple(number, number).map(([first, last]) => `${first}-${last}`);
  const field = fc.array(fc.oneof(spec, fc.string()), { maxLength: 6 }).map((specs) => `bytes=${specs.join(",")}`);
  fc.assert(
    fc.property(fc.oneof(field, fc.string()), fc.nat(12), (text, size) => {
      const range = byteRange(text, size);
      if (typeof range === "string") return;
      expect(0 <= range.start && range.start <= range.end && range.end < size).toBe(true);
    }),
  );
});

test("thousands of ranges are parsed quickly", () => {
  const field = `bytes=${Array.from({ length: 5_000 }, (_, at) => `${at * 2}-${at * 2}`).join(",")}`;
  expect(byteRange(field, 1_000_000)).toBe("whole");
});
