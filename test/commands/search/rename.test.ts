import { readdir } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import renameFiles from "../../../internal/commands/search/tasks/rename-files.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { callIn, failureIn } from "../fs/in-process.ts";

const sandbox = useSandbox();

async function namesAndContents(): Promise<Record<string, string>> {
  const names = (await readdir(sandbox.root)).sort();
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await sandbox.read(name)] as const)));
}

async function write(...names: string[]): Promise<void> {
  for (const name of names) await sandbox.write(name, name);
}

describe("names can be exchanged between files", () => {
  test("in a chain", async () => {
    await write("1", "1x", "1xx");
    expect(await callIn(sandbox, "search.rename", { pattern: "$", replacement: "x" })).toBe(3);
    expect(await namesAndContents()).toEqual({ "1x": "1", "1xx": "1x", "1xxx": "1xx" });
  });

  test("in a cycle", async () => {
    await write("a-b", "b-a", "c");
    expect(await callIn(sandbox, "search.rename", { pattern: "^(.)-(.)$", replacement: "$2-$1" })).toBe(2);
    expect(await namesAndContents()).toEqual({ "a-b": "b-a", "b-a": "a-b", c: "c" });
  });
});

test("every match in a name is replaced, also in subdirectories, and directories keep their names", async () => {
  await write("a-a/a-a");
  expect(await callIn(sandbox, "search.rename", { pattern: "a", replacement: "b" })).toBe(1);
  expect(await readdir(sandbox.path("a-a"))).toEqual(["b-b"]);
});

describe("no file is renamed", () => {
  test.each([
    ["onto an existing file", "a", "b", "ALREADY_EXISTS"],
    ["to a name with a separator", "a", "x/y", "INVALID_PARAMS"],
    ["to an empty name", "^a$", "", "INVALID_PARAMS"],
    ["to the parent directory", "^a$", "..", "INVALID_PARAMS"],
    ["with an invalid expression", "(", "x", "INVALID_PARAMS"],
  ])("%s", async (_title, pattern, replacement, code) => {
    await write("a", "b");
    expect((await failureIn(sandbox, "search.rename", { pattern, replacement })).code).toBe(code);
    expect(await namesAndContents()).toEqual({ a: "a", b: "b" });
  });

  test("when one of several renames fails: the completed ones are undone", async () => {
    await write("1", "2", "3");
    const error = await failureIn(sandbox, "search.rename", {
      pattern: "^(2)?",
      replacement: `$1$1${"x".repeat(254)}`,
    });
    expect(error.details).toMatchObject({ errno: "ENAMETOOLONG" });
    expect(await namesAndContents()).toEqual({ 1: "1", 2: "2", 3: "3" });
  });

  test("when the task is interrupted", async () => {
    await write("1", "2");
    const renamings = [
      { from: "1", to: "2" },
      { from: "2", to: "1" },
    ];
    const work = renameFiles({ path: sandbox.root, renamings, interrupt: Int32Array.of(1) });
    await expect(work).rejects.toThrow("interrupted");
    expect(await namesAndContents()).toEqual({ 1: "1", 2: "2" });
  });

  test("over a file that was created after the plan was made", async () => {
    await write("1", "2", "taken");
    const renamings = [
      { from: "1", to: "new" },
      { from: "2", to: "taken" },
    ];
    const work = renameFiles({ path: sandbox.root, renamings, interrupt: Int32Array.of(0) });
    await expect(work).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
    expect(await namesAndContents()).toEqual({ 1: "1", 2: "2", taken: "taken" });
  });
});
