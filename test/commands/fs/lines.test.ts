import { appendFile } from "node:fs/promises";
import { expect, test } from "vitest";
import diffLines from "../../../internal/commands/fs/tasks/diff-lines.ts";
import lastLines from "../../../internal/commands/fs/tasks/last-lines.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();
const NO_LIMIT = 1e9;

test.each([
  ["", 10, []],
  ["\n", 10, [""]],
  ["a", 10, ["a"]],
  ["a\nb\n", 10, ["a", "b"]],
  ["a\nb\nc\n", 2, ["b", "c"]],
  ["a\nb\nc", 2, ["b", "c"]],
  ["a\r\nb\r\n", 1, ["b"]],
  ["a\r\n\r\nb", 2, ["", "b"]],
  ["a\rb\r", 2, ["a\rb\r"]],
  ["a\n\n\n", 2, ["", ""]],
  ["a\nb", 0, []],
])("the last lines of %j, at most %d, are %j", async (contents, lines, expected) => {
  const path = await sandbox.write("log", contents);
  expect(lastLines({ path, lines, maxResult: NO_LIMIT })).toEqual(expected);
});

test("the last lines are correct however many blocks they span", async () => {
  // Line ends and characters fall before, on and after a block boundary, which is 65,536 bytes from the end.
  for (let shift = 0; shift < 8; shift += 1) {
    const lines = ["first", "ü".repeat(20_000), `日${"x".repeat(shift)}\r`, "y".repeat(65_530 - shift), "", "last"];
    const path = await sandbox.write("log", `${lines.join("\n")}\n`);
    const expected = lines.map((line) => line.replace(/\r$/, ""));
    for (const count of [1, 2, 3, 4, 5, 6, 100]) {
      expect(lastLines({ path, lines: count, maxResult: NO_LIMIT })).toEqual(expected.slice(-count));
    }
  }
});

test("last lines above the limit are TOO_LARGE, and others are returned whatever the size of the file", async () => {
  const path = await sandbox.write("log", "x".repeat(500_000));
  expect(() => lastLines({ path, lines: 1, maxResult: 1_000 })).toThrow(expect.objectContaining({ code: "TOO_LARGE" }));
  await appendFile(path, "\nshort\n");
  expect(lastLines({ path, lines: 1, maxResult: 1_000 })).toEqual(["short"]);
  expect(() => lastLines({ path, lines: 2, maxResult: 1_000 })).toThrow(expect.objectContaining({ code: "TOO_LARGE" }));
});

async function differences(a: string, b: string, maxResult = NO_LIMIT) {
  return diffLines({ a: await sandbox.write("a", a), b: await sandbox.write("b", b), maxResult });
}

test.each([
  ["", "", []],
  ["a", "a\n", []],
  ["a\r\nb", "a\nb\r\n", []],
  ["a", "a\r", [{ line: 1, file_a: "a", file_b: "a\r" }]],
  ["", "\n\n", []],
  ["", "\nx", [{ line: 2, file_a: "", file_b: "x" }]],
  ["a\nb\nc", "a", [2, 3].map((line) => ({ line, file_a: line === 2 ? "b" : "c", file_b: "" }))],
])("the differences between %j and %j are %j", async (a, b, expected) => {
  expect(await differences(a, b)).toEqual(expected);
});

test("files of many blocks, with a line longer than a block, are compared to their ends", async () => {
  const lines = Array.from({ length: 40_000 }, (_, n) => `line ${n} ${n === 20_000 ? "x".repeat(600_000) : "ü"}`);
  const changed = lines.with(39_998, "changed").join("\n");
  expect(await differences(lines.join("\n"), changed)).toEqual([
    { line: 39_999, file_a: "line 39998 ü", file_b: "changed" },
  ]);
});

test("differences larger than the limit are TOO_LARGE, and so is a single line above the limit", async () => {
  const tooLarge = expect.objectContaining({ code: "TOO_LARGE" });
  await expect(differences("a\n".repeat(1_000), "b\n".repeat(1_000), 10_000)).rejects.toEqual(tooLarge);
  const long = "x".repeat(1_000_000);
  await expect(differences(`${long}a`, `${long}a`, 10_000)).rejects.toEqual(tooLarge);
  expect(await differences(`${long}\n${long}`, `${long}\n${long}`, 1_000_000)).toEqual([]);
});
