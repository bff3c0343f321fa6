import { execFileSync } from "node:child_process";
import { rmdirSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { expect, test } from "vitest";
import { jsonArray } from "../../../internal/base/raw-json.ts";
import findCopies from "../../../internal/commands/fs/tasks/find-copies.ts";
import largestFiles from "../../../internal/commands/fs/tasks/largest-files.ts";
import listFolder from "../../../internal/commands/fs/tasks/list-folder.ts";
import sameSizes from "../../../internal/commands/fs/tasks/same-sizes.ts";
import { walk } from "../../../internal/files/walk.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { callIn, failureIn } from "./in-process.ts";

const sandbox = useSandbox();

test.each(["fs.ls", "fs.du", "fs.size", "fs.top-big-files", "fs.dedupe"] as const)(
  "%s of a missing path is NOT_FOUND",
  async (name) => {
    expect((await failureIn(sandbox, name, { path: "missing" })).code).toBe("NOT_FOUND");
  },
);
test.each(["fs.ls", "fs.top-big-files", "fs.dedupe"] as const)("%s of a file is NOT_A_DIRECTORY", async (name) => {
  await sandbox.write("file", "");
  expect((await failureIn(sandbox, name, { path: "file" })).code).toBe("NOT_A_DIRECTORY");
});

test("a walk reports kinds, visits directories first, and follows no symbolic link below the root", async () => {
  await sandbox.write("t/a/file", "");
  await symlink(".", sandbox.path("t/a/link"));
  execFileSync("mkfifo", [sandbox.path("t/a/fifo")]);
  const seen = [...walk(sandbox.path("t"))].map(({ kind, relative }) => `${kind} ${relative}`);
  expect(seen[0]).toBe("folder a");
  expect(seen.sort()).toEqual(["file a/file", "folder a", "link a/link", "other a/fifo"]);
});
test("a walk skips entries that are removed meanwhile", async () => {
  for (const folder of ["a", "b", "c"]) await sandbox.write(`${folder}/file`, "x");
  const seen: string[] = [];
  for (const entry of walk(sandbox.root)) {
    seen.push(entry.relative);
    if (seen.length > 1) continue;
    // All three directories are listed and none is read yet. One is removed, another is replaced by a file.
    rmSync(sandbox.path("a"), { recursive: true });
    unlinkSync(sandbox.path("b/file"));
    rmdirSync(sandbox.path("b"));
    writeFileSync(sandbox.path("b"), "");
  }
  expect(seen.sort()).toEqual(["a", "b", "c", "c/file"]);
});
test("an entry that was removed has no stats", async () => {
  await sandbox.write("a/file", "");
  const [, file] = [...walk(sandbox.root)];
  expect(file?.lstat()?.isFile()).toBe(true);
  rmSync(sandbox.path("a"), { recursive: true });
  expect(file?.lstat()).toBeUndefined();
  writeFileSync(sandbox.path("a"), "");
  expect(file?.lstat()).toBeUndefined();
});

test("a tree of 1,000 levels is walked", async () => {
  await mkdir(sandbox.path("d/".repeat(1_000)), { recursive: true });
  expect(await callIn(sandbox, "fs.du", { path: "." })).toMatchObject({ file_count: 0, dir_count: 1_001 });
});
test.skipIf(process.platform !== "linux")("a tree deeper than the maximum path length is a clear error", async () => {
  makeDeep(sandbox.root);
  const error = await failureIn(sandbox, "fs.du", { path: "." });
  execFileSync("rm", ["-rf", sandbox.path("deep")]); // the sandbox's own removal cannot reach that deep either
  expect(error.code).toBe("INVALID_PARAMS");
  expect(error.message).toContain("name too long");
});

test("a directory of 10,000 entries is listed completely", async () => {
  const names = Array.from({ length: 10_000 }, (_, n) => `file-${n}`);
  for (const name of names) writeFileSync(sandbox.path(name), "");
  expect(await callIn(sandbox, "fs.ls", { path: "." })).toEqual(names.sort());
  const pairs = await callIn(sandbox, "fs.ls", { path: ".", stats: true, recursive: true });
  expect(pairs.map(([name]) => name)).toEqual(names);
});

test("a listing larger than the limit is TOO_LARGE before its entries are read", async () => {
  for (let n = 0; n < 50; n += 1) await sandbox.write(`file-${n}`, "");
  const tooLarge = expect.objectContaining({ code: "TOO_LARGE", details: { path: sandbox.root, limit: 1_000 } });
  const args = { path: sandbox.root, recursive: false, maxResult: 1_000 };
  expect(Buffer.from(listFolder({ ...args, stats: false }).bytes).toString()).toContain(',"file-49"');
  expect(() => listFolder({ ...args, stats: true })).toThrow(tooLarge);
  expect(() => listFolder({ ...args, stats: true, recursive: true })).toThrow(tooLarge);
});

test("the largest files are found among more files than are kept at a time", async () => {
  const sizes = Array.from({ length: 1_200 }, (_, n) => (n * 7_919) % 1_201);
  for (const [n, size] of sizes.entries()) writeFileSync(sandbox.path(String(n)), Buffer.alloc(size));
  const { files } = largestFiles({ path: sandbox.root, limit: 20 });
  expect(files.map(({ size }) => size)).toEqual(sizes.sort((a, b) => b - a).slice(0, 20));
});

test.each([16_384, 16_385, 1_048_575, 1_048_576, 1_048_577])("duplicates of %d bytes are found", async (size) => {
  for (const name of ["a", "b"]) await sandbox.write(name, Buffer.alloc(size, "x"));
  await sandbox.write("c", Buffer.alloc(size, "x").fill("y", size - 1));
  expect(duplicatesIn(sandbox.root)).toMatchObject([{ paths: ["t/a", "t/b"], size }]);
});

test("duplicates are sorted by size, then by path, across all parts of the work", async () => {
  // 2,000 files make a part: see PART_COST.
  const sizes = Array.from({ length: 5_000 }, (_, n) => 1 + (n % 13));
  for (const [n, size] of sizes.entries()) writeFileSync(sandbox.path(String(n)), Buffer.alloc(size, String(n % 7)));
  const found = duplicatesIn(sandbox.root);
  expect(sameSizes({ path: sandbox.root }).parts.length).toBeGreaterThan(1);
  expect(found).toHaveLength(13 * 7);
  const order = (a: Duplicates, b: Duplicates) => b.size - a.size || (first(a) < first(b) ? -1 : 1);
  expect(found).toEqual(found.toSorted(order));
});

interface Duplicates {
  readonly size: number;
  readonly paths: readonly string[];
}

const first = ({ paths }: Duplicates): string => paths[0] as string;

function duplicatesIn(path: string): Duplicates[] {
  const found = sameSizes({ path }).parts.map((groups) => findCopies({ path, named: "t", groups }));
  return JSON.parse(jsonArray(found).toString());
}

/** 25 directories with names of 200 characters, made by relative steps, because no call accepts such a path. */
function makeDeep(root: string): void {
  const script = `process.chdir(${JSON.stringify(root)}); fs.mkdirSync("deep"); process.chdir("deep");
    for (let n = 0; n < 25; n++) { fs.mkdirSync("x".repeat(200)); process.chdir("x".repeat(200)); }`;
  execFileSync(process.execPath, ["--eval", script]);
}
