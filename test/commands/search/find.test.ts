import { mkdir, symlink } from "node:fs/promises";
import { beforeEach, describe, expect, test } from "vitest";
import findPart from "../../../internal/commands/search/tasks/find-part.ts";
import type { EntryKind } from "../../../internal/files/walk.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { failureIn } from "../fs/in-process.ts";

const sandbox = useSandbox();

beforeEach(async () => {
  for (const path of ["a.ts", "ab.js", ".env.ts", "src/b.ts", "src/deep/c.test.ts", "a{1,2}"])
    await sandbox.write(path, "");
  await mkdir(sandbox.path("ts"));
  await symlink("a.ts", sandbox.path("link.ts"));
});

/** Only the task, without the thread that a call would start. */
function find(params: { pattern: string; glob?: boolean; type?: EntryKind }): string[] {
  const { relatives } = findPart({ path: sandbox.root, glob: false, type: "any", maxResult: 1e8, ...params });
  return relatives.split("\0").slice(0, -1).sort();
}

describe("a pattern", () => {
  test.each([
    ["\\.ts$", [".env.ts", "a.ts", "link.ts", "src/b.ts", "src/deep/c.test.ts"]],
    ["*.ts", [".env.ts", "a.ts", "link.ts", "src/b.ts", "src/deep/c.test.ts"]],
    ["?.ts", ["a.ts", "src/b.ts"]],
    ["^a", ["a.ts", "ab.js", "a{1,2}"]],
    ["{a,b}*", ["a.ts", "ab.js", "a{1,2}", "src/b.ts"]],
    ["*.{js,test.ts}", ["ab.js", "src/deep/c.test.ts"]],
    ["a\\{1,2\\}", ["a{1,2}"]],
    ["t{1,2}s$", [".env.ts", "a.ts", "link.ts", "src/b.ts", "src/deep/c.test.ts", "ts"]],
    ["**/*.test.ts", ["src/deep/c.test.ts"]],
    ["src/*.ts", ["src/b.ts"]],
    ["./src/*.ts", ["src/b.ts"]],
    ["src/**/*.ts", ["src/b.ts", "src/deep/c.test.ts"]],
    ["^deep$", ["src/deep"]],
  ])("%s finds %j", (pattern, found) => {
    expect(find({ pattern })).toEqual(found);
  });

  test.each([
    ["f(x", "Unterminated group at offset 1"],
    ["[ab", "Unterminated character class at offset 0"],
    [".*\\.c++$", "Nothing to repeat at offset 6"],
    ["^*a", "Nothing to repeat at offset 1"],
  ])("%s, which is neither an expression nor a glob, is refused", async (pattern, reason) => {
    expect(() => find({ pattern })).toThrow(expect.objectContaining({ code: "INVALID_PARAMS" }));
    const error = await failureIn(sandbox, "search.find", { pattern });
    expect(error.message).toBe(
      `search.find: pattern is not a valid regular expression: ${reason}; use --glob to treat it as a glob`,
    );
  });

  test.each(["f(x*", "+(a|b).ts", "*(x)", "*.c++", "[ab](*"])(
    "%s, which is not a valid expression, is a glob",
    (pattern) => {
      expect(() => find({ pattern })).not.toThrow();
    },
  );

  test("with the glob option is a glob, even if it has no wildcard", async () => {
    await sandbox.write("f(x", "");
    expect(find({ pattern: "f(x", glob: true })).toEqual(["f(x"]);
  });

  test("with the glob option is a glob", () => {
    expect(find({ pattern: "a*", glob: true })).toEqual(["a.ts", "ab.js", "a{1,2}"]);
  });
});

test.each([
  ["file", ["a.ts"]],
  ["folder", ["ts"]],
  ["link", ["link.ts"]],
] as const)("find with a type returns only entries of that type: %s", (type, found) => {
  expect(find({ pattern: "^(a\\.|link\\.|)ts$", type })).toEqual(found);
});

test("a pattern that backtracks too long is a TIMEOUT", async () => {
  await sandbox.write("x".repeat(60), "");
  const error = await failureIn(sandbox, "search.find", { pattern: "^(x+x+)+y", timeout: 200 });
  expect(error.code).toBe("TIMEOUT");
});

test("find in a file is NOT_A_DIRECTORY", async () => {
  expect((await failureIn(sandbox, "search.find", { path: "a.ts", pattern: "a" })).code).toBe("NOT_A_DIRECTORY");
});
