import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, lstat, mkdir, open, readdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { oneShotHost } from "../../../internal/host/one-shot-host.ts";
import { Router } from "../../../internal/host/router.ts";
import type { CommandName } from "../../../protocol/commands/index.ts";
import { XsysError } from "../../../protocol/errors.ts";
import { fakeCall } from "../../support/fake-call.ts";
import { callAsOrdinaryUser } from "../../support/ordinary-user.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();
const isRoot = process.getuid?.() === 0;

interface Options {
  readonly input?: AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
}

async function call(name: CommandName, params: object, { input, signal }: Options = {}): Promise<unknown> {
  const host = oneShotHost({ root: sandbox.root });
  return new Router(host).call(name, params, fakeCall({ ...(input && { input }), ...(signal && { signal }) }));
}

const WRITERS = ["fs.write", "fs.atomic-write", "fs.write-secure"] as const;

test.each(WRITERS)("%s keeps the old file if its input fails", async (name) => {
  await sandbox.write("file", "old");
  async function* broken() {
    yield Buffer.from("half of the");
    throw new XsysError("UNAVAILABLE", "the caller vanished");
  }
  await expect(call(name, { path: "file" }, { input: broken() })).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(await sandbox.read("file")).toBe("old");
  expect(await readdir(sandbox.root)).toEqual(["file"]);
});

test.each(WRITERS)("%s keeps the old file if it is cancelled while its input stalls", async (name) => {
  await sandbox.write("file", "old");
  const controller = new AbortController();
  async function* stalled() {
    yield Buffer.from("half of the");
    setImmediate(() => controller.abort());
    await once(new EventTarget(), "never");
  }
  const outcome = call(name, { path: "file" }, { input: stalled(), signal: controller.signal });
  await expect(outcome).rejects.toMatchObject({ code: "CANCELLED" });
  expect(await sandbox.read("file")).toBe("old");
  expect(await readdir(sandbox.root)).toEqual(["file"]);
});

test.each([
  ["fs.copy", { src: "tree", dest: "copy" }],
  ["fs.split", { path: "tree/a", bytes: 1 }],
  ["fs.encrypt", { path: "tree/a", key: "k" }],
  ["fs.merge", { dest: "tree/a", sources: ["tree/a", "tree/a"] }],
] as const)("%s leaves no files behind when it is cancelled", async (name, params) => {
  await sandbox.write("tree/a", "contents");
  await expect(call(name, params, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "CANCELLED" });
  expect(await readdir(sandbox.root, { recursive: true })).toEqual(["tree", "tree/a"]);
  expect(await sandbox.read("tree/a")).toBe("contents");
});

test("in a directory without write permission, write overwrites in place and atomic-write is DENIED", async () => {
  await chmod(sandbox.root, 0o755);
  await sandbox.write("folder/file", "old and long");
  await chmod(sandbox.path("folder/file"), 0o666);
  await chmod(sandbox.path("folder"), 0o555);
  const { ino } = await stat(sandbox.path("folder/file"));
  const run = (name: CommandName) =>
    callAsOrdinaryUser(sandbox.root, name, { path: "folder/file", data: "new" }, { path: "warm", data: "" });
  const refused = await run("fs.atomic-write");
  expect(refused).toMatchObject({ code: "DENIED", message: expect.stringContaining("folder/file:") });
  expect(await sandbox.read("folder/file")).toBe("old and long");
  expect(await run("fs.write")).toEqual({ result: null });
  expect(await sandbox.read("folder/file")).toBe("new");
  expect((await stat(sandbox.path("folder/file"))).ino).toBe(ino);
  expect(await readdir(sandbox.path("folder"))).toEqual(["file"]);
  await chmod(sandbox.path("folder"), 0o755);
});

test.skipIf(!isRoot)("write does not replace a read-only file; atomic-write and write-secure do", async () => {
  await chmod(sandbox.root, 0o777);
  for (const name of WRITERS) {
    await writeFile(sandbox.path(name), "old", { mode: 0o444 });
    await chown(sandbox.path(name), 65_534, 65_534);
  }
  const run = (name: CommandName) =>
    callAsOrdinaryUser(sandbox.root, name, { path: name, data: "new" }, { path: "warm", data: "" });
  expect(await run("fs.write")).toMatchObject({ code: "DENIED" });
  expect(await run("fs.atomic-write")).toEqual({ result: null });
  expect(await run("fs.write-secure")).toEqual({ result: null });
});

test.skipIf(!isRoot)("rm of a tree without permission is DENIED and names the tree", async () => {
  await chmod(sandbox.root, 0o755);
  await sandbox.write("theirs/file", "kept");
  await mkdir(sandbox.path("warm"));
  const outcome = await callAsOrdinaryUser(sandbox.root, "fs.rm", { path: "theirs" }, { path: "warm" });
  expect(outcome).toMatchObject({ code: "DENIED", message: expect.stringContaining("theirs") });
  expect(await sandbox.read("theirs/file")).toBe("kept");
});

test.skipIf(!isRoot)("a write by root keeps the owner", async () => {
  await sandbox.write("file", "old");
  await chown(sandbox.path("file"), 65_534, 65_534);
  for (const name of WRITERS) {
    await call(name, { path: "file", data: "new" });
    expect(await stat(sandbox.path("file"))).toMatchObject({ uid: 65_534, gid: 65_534 });
  }
});

test("write sends more bytes to a FIFO than the FIFO can buffer", async () => {
  execFileSync("mkfifo", [sandbox.path("fifo")]);
  const reader = await open(sandbox.path("fifo"), "r+"); // keeps the FIFO open, so that the writer finds a reader
  const data = "0123456789".repeat(20_000);
  const writing = call("fs.write", { path: "fifo", data });
  let got = "";
  while (got.length < data.length)
    got += (await reader.read(Buffer.alloc(65_536))).buffer.toString().replaceAll("\0", "");
  await writing;
  await reader.close();
  expect(got).toBe(data);
  expect((await lstat(sandbox.path("fifo"))).isFIFO()).toBe(true);
});

test("a write to a FIFO without a reader is UNAVAILABLE and does not block", async () => {
  execFileSync("mkfifo", [sandbox.path("fifo")]);
  for (const params of [
    { path: "fifo", data: "x" },
    { path: "fifo", data: "x", append: true },
  ]) {
    await expect(call("fs.write", params)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  }
});

test("a write to a FIFO whose reader stalls can be cancelled", async () => {
  execFileSync("mkfifo", [sandbox.path("fifo")]);
  const reader = await open(sandbox.path("fifo"), "r+");
  const controller = new AbortController();
  const writing = call("fs.write", { path: "fifo", data: "x".repeat(300_000) }, { signal: controller.signal });
  await reader.read(Buffer.alloc(1)); // the write has begun
  controller.abort();
  await expect(writing).rejects.toMatchObject({ code: "CANCELLED" });
  await reader.close();
});

test.skipIf(process.platform !== "linux")(
  "write sets a kernel setting in /proc, where temporary files cannot be created",
  async () => {
    const before = await readFile("/proc/self/comm", "utf8");
    await call("fs.write", { path: "/proc/self/comm", data: "xsys-renamed" });
    expect(await readFile("/proc/self/comm", "utf8")).toBe("xsys-renamed\n");
    await writeFile("/proc/self/comm", before);
  },
);

test.skipIf(!isRoot)("another user's file in a sticky directory is written in place", async () => {
  await chmod(sandbox.root, 0o1777);
  await sandbox.write("file", "old");
  await chmod(sandbox.path("file"), 0o666);
  const write = { path: "file", data: "new" };
  expect(await callAsOrdinaryUser(sandbox.root, "fs.write", write, { path: "warm", data: "" })).toEqual({
    result: null,
  });
  expect(await sandbox.read("file")).toBe("new");
  expect((await readdir(sandbox.root)).sort()).toEqual(["file", "warm"]);
});

/** Runs with a file system of 1 MiB mounted in a directory. Skips the test if mounting is not allowed. */
async function withSmallDisk(skip: (note: string) => void, run: (disk: string) => Promise<void>): Promise<void> {
  await mkdir(sandbox.path("disk"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", sandbox.path("disk")]);
  if (mounted.status !== 0) return skip("mounting a small file system is not allowed here");
  try {
    await run("disk");
  } finally {
    execFileSync("umount", ["-l", sandbox.path("disk")]);
  }
}

test("a full disk is NO_SPACE, names the requested file, and leaves everything unchanged", async ({ skip }) => {
  await withSmallDisk(skip, async (disk) => {
    await sandbox.write("big/a", Buffer.alloc(900_000, 1));
    await sandbox.write("big/sub/b", Buffer.alloc(900_000, 2));
    await sandbox.write(`${disk}/file`, Buffer.alloc(600_000, 3));
    const before = await stat(sandbox.path(disk, "file"));
    const tries: [CommandName, object][] = [
      ["fs.write", { path: `${disk}/file`, data: "x".repeat(600_000) }],
      ["fs.atomic-write", { path: `${disk}/new`, data: "x".repeat(600_000) }],
      ["fs.copy", { src: "big", dest: `${disk}/big` }],
      ["fs.copy", { src: "big/a", dest: `${disk}/file` }],
      ["fs.move", { src: "big", dest: `${disk}/big` }],
      ["fs.sync", { src: "big/a", dest: `${disk}/a` }],
      ["fs.split", { path: "big/a", bytes: 100_000, out: `${disk}` }],
      ["fs.merge", { dest: `${disk}/file`, sources: [`${disk}/file`, "big/a"] }],
      ["fs.encrypt", { path: `${disk}/file`, key: "k" }],
    ];
    for (const [name, params] of tries) {
      const error = await call(name, params).catch((reason: unknown) => reason);
      expect(error, name).toMatchObject({ code: "NO_SPACE" });
      expect((error as Error).message).not.toContain(".xsys-");
      expect(await readdir(sandbox.path(disk))).toEqual(["file"]);
      expect(await stat(sandbox.path(disk, "file"))).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
    }
    expect(await readdir(sandbox.path("big"), { recursive: true })).toHaveLength(3);
  });
});

test("a file that is a mount point is written in place, and is BUSY for atomic-write", async ({ skip }) => {
  await sandbox.write("origin", "old and long");
  await sandbox.write("mounted", "");
  if (spawnSync("mount", ["--bind", sandbox.path("origin"), sandbox.path("mounted")]).status !== 0) {
    return skip("mounting is not allowed here");
  }
  try {
    await expect(call("fs.atomic-write", { path: "mounted", data: "no" })).rejects.toMatchObject({ code: "BUSY" });
    await call("fs.write", { path: "mounted", data: "new" });
    expect(await sandbox.read("origin")).toBe("new");
    expect((await readdir(sandbox.root)).sort()).toEqual(["mounted", "origin"]);
  } finally {
    execFileSync("umount", [sandbox.path("mounted")]);
  }
});

test("decrypt of a truncated encrypted file is INVALID_DATA and does not shorten the file further", async () => {
  await sandbox.write("file", Buffer.alloc(100_000, 1));
  await call("fs.encrypt", { path: "file", key: "k" });
  await truncate(sandbox.path("file"), 60_000);
  await expect(call("fs.decrypt", { path: "file", key: "k" })).rejects.toMatchObject({ code: "INVALID_DATA" });
  expect((await stat(sandbox.path("file"))).size).toBe(60_000);
});
