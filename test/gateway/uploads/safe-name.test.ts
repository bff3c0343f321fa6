import { describe, expect, test } from "vitest";
import { safeName, splitName } from "../../../internal/gateway/uploads/safe-name.ts";
import { fc } from "../../support/property.ts";

describe("a safe name", () => {
  test.each([
    ["photo.png", "photo.png"],
    ["résumé 日本 (1).pdf", "résumé 日本 (1).pdf"],
    ["", "file"],
    [".", "_"],
    ["..", "_"],
    ["...", "_"],
    [" . ", "file"],
    ["../../etc/passwd", "__.._etc_passwd"],
    ["a/b\\c", "a_b_c"],
    ["a\0b\r\nc\u007f", "a_b__c_"],
    ["evil\u202egnp.exe", "evil_gnp.exe"],
    ["CON", "_CON"],
    ["nul.tar.gz", "_nul.tar.gz"],
    ["com1 .txt", "_com1 .txt"],
    ["console.log", "console.log"],
    [".env", "_env"],
    ["end. . .", "end"],
    ['what?<is>:this|*"', "what__is__this___"],
    ["half \ud83d", "half \ufffd"],
  ])("for %j is %j", (name, safe) => {
    expect(safeName(name)).toBe(safe);
  });

  test("is truncated in bytes, between characters, before the extension", () => {
    expect(safeName(`${"a".repeat(300)}.png`)).toBe(`${"a".repeat(251)}.png`);
    expect(safeName(`${"😀".repeat(100)}.png`, 50)).toBe(`${"😀".repeat(11)}.png`);
    expect(safeName(`a.${"b".repeat(300)}`, 50)).toBe(`a.${"b".repeat(48)}`);
  });

  test("exists for any name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), fc.integer({ min: 40, max: 255 }), (name, bytes) => {
        const safe = safeName(name, bytes);
        expect(safe).not.toMatch(/^\.|[/\\\0:]|^$/);
        expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(bytes);
      }),
    );
  });
});

test.each([
  ["a.tar.gz", ["a.tar", ".gz"]],
  ["README", ["README", ""]],
  [`a.${"b".repeat(40)}`, [`a.${"b".repeat(40)}`, ""]],
])("%s is split into name and extension: %j", (name, parts) => {
  expect(splitName(name)).toEqual(parts);
});
