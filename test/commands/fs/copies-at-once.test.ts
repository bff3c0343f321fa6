import { chmodSync, lstatSync } from "node:fs";
import { mkdir, readdir, symlink } from "node:fs/promises";
import { expect, test } from "vitest";
import copyLeaves from "../../../internal/commands/fs/tasks/copy-leaves.ts";
import finishCopy from "../../../internal/commands/fs/tasks/finish-copy.ts";
import planCopy from "../../../internal/commands/fs/tasks/plan-copy.ts";
import { packed } from "../../../internal/work/packed.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { inProcess, throughProcess } from "../ways.ts";

const sandbox = useSandbox();

/** A copy split into its stages, so that a test can interleave two copies. */
class Copy {
  readonly #job;
  #plan: Awaited<ReturnType<typeof planCopy>> | undefined;

  constructor(src: string, dest: string) {
    const keep = { times: false, owner: false };
    const interrupt = new Int32Array(new SharedArrayBuffer(4));
    this.#job = { src: sandbox.path(src), dest: sandbox.path(dest), keep, skipSame: false, interrupt, threads: 1 };
  }

  async plan(): Promise<void> {
    this.#plan = await planCopy(this.#job);
  }

  async copy(): Promise<void> {
    for (const folders of this.#plan?.parts ?? []) await copyLeaves({ folders, job: this.#job });
  }

  finish(): void {
    if (this.#plan !== undefined) finishCopy({ plan: this.#plan, job: this.#job });
  }
}

async function makeTrees(): Promise<void> {
  for (const tree of ["a", "b"]) {
    await sandbox.write(`${tree}/only-${tree}/x`, tree);
    await sandbox.write(`${tree}/both/deep/${tree}.txt`, tree);
    await sandbox.write(`${tree}/both/same.txt`, tree);
    await mkdir(sandbox.path(tree, `empty-${tree}`));
    await symlink(tree, sandbox.path(tree, "both/link"));
  }
}

const MERGED = [
  "both",
  "both/deep",
  "both/deep/a.txt",
  "both/deep/b.txt",
  "both/link",
  "both/same.txt",
  "empty-a",
  "empty-b",
  "only-a",
  "only-a/x",
  "only-b",
  "only-b/x",
];
const entriesOf = async (folder: string) => (await readdir(sandbox.path(folder), { recursive: true })).sort();
const modeOf = (path: string) => lstatSync(sandbox.path(path)).mode & 0o777;

test("two new trees copied to the same path are merged and keep their modes", async () => {
  await makeTrees();
  chmodSync(sandbox.path("b/both/deep"), 0o750);
  chmodSync(sandbox.path("b/only-b"), 0o555);
  const [a, b] = [new Copy("a", "to/dest"), new Copy("b", "to/dest")];
  for (const one of [a, b]) await one.plan();
  for (const one of [a, b]) await one.copy();
  for (const one of [a, b]) one.finish();
  expect(await entriesOf("to/dest")).toEqual(MERGED);
  expect(await readdir(sandbox.path("to"))).toEqual(["dest"]);
  expect(await sandbox.read("to/dest/both/same.txt")).toBe("b");
  expect([modeOf("to/dest/only-b"), modeOf("to/dest/both/deep"), modeOf("to/dest")]).toEqual([0o555, 0o755, 0o755]);
  for (const tree of ["b", "to/dest"]) chmodSync(sandbox.path(tree, "only-b"), 0o755);
});

test("a file created at the destination meanwhile is NOT_A_DIRECTORY and is kept", async () => {
  await makeTrees();
  const copy = new Copy("a", "dest");
  await copy.plan();
  await copy.copy();
  await sandbox.write("dest", "file");
  expect(() => copy.finish()).toThrow(expect.objectContaining({ code: "NOT_A_DIRECTORY" }));
  expect(await sandbox.read("dest")).toBe("file");
});

test("two copies into one directory create the same new directory in it, without conflicts", async () => {
  await makeTrees();
  await mkdir(sandbox.path("dest"));
  const [a, b] = [new Copy("a", "dest"), new Copy("b", "dest")];
  for (const one of [a, b]) await one.plan();
  for (const one of [b, a]) await one.copy();
  for (const one of [a, b]) one.finish();
  expect(await entriesOf("dest")).toEqual(MERGED);
  expect(await sandbox.read("dest/both/same.txt")).toBe("a");
});

test("in an existing directory, a file appears under its name only when it is complete", async () => {
  await sandbox.write("a/new/large", Buffer.alloc(1_000_000, "x"));
  await mkdir(sandbox.path("dest"));
  const job = {
    ...{ src: sandbox.path("a"), dest: sandbox.path("dest"), keep: { times: false, owner: false }, skipSame: false },
    interrupt: new Int32Array(new SharedArrayBuffer(4)),
    threads: 1,
  };
  const [folders] = (await planCopy(job)).parts;
  Atomics.store(job.interrupt, 0, 1);
  await expect(copyLeaves({ folders: folders ?? packed([]), job })).rejects.toThrow("interrupted");
  expect(await entriesOf("dest")).toEqual(["new"]);
});

test.each([
  ["calls", inProcess],
  ["processes", throughProcess],
] as const)("four concurrent %s of copy and sync write one new directory", async (_title, way) => {
  await makeTrees();
  await sandbox.write("a/large", Buffer.alloc(600_000, "a"));
  await Promise.all(
    (["fs.copy", "fs.sync", "fs.copy", "fs.sync"] as const).map((name, n) =>
      way.call(sandbox.root, name, { src: n < 2 ? "a" : "b", dest: "deep/down/dest" }, {}),
    ),
  );
  expect(await entriesOf("deep/down/dest")).toEqual([...MERGED, "large"].sort());
  expect(await readdir(sandbox.path("deep/down"))).toEqual(["dest"]);
  expect(lstatSync(sandbox.path("deep/down/dest/large")).size).toBe(600_000);
});
