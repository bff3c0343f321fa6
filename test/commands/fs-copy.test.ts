import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, mkdtempSync, readlinkSync, rmSync, statSync, truncateSync, utimesSync } from "node:fs";
import { chmod, link as hardLink, mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { threeWays } from "./three-ways.ts";

const OTHER = "/dev/shm";
const twoFileSystems = existsSync(OTHER) && statSync(OTHER).dev !== statSync("/tmp").dev;

threeWays("fs copying", ({ call, failure, sandbox }) => {
  const modeOf = (path: string) => (lstatSync(sandbox.path(path)).mode & 0o7777).toString(8);
  async function makeTree() {
    await sandbox.write("tree/a.txt", "A");
    await sandbox.write("tree/run.sh", "#!/bin/sh\n", 0o755);
    await sandbox.write("tree/sub/deep/b.bin", Buffer.alloc(3_000_000, 7));
    await mkdir(sandbox.path("tree/empty"));
    await symlink("../a.txt", sandbox.path("tree/sub/link"));
    await symlink("nowhere", sandbox.path("tree/dangling"));
    await sandbox.write("tree/locked/c.txt", "C");
    await chmod(sandbox.path("tree/locked"), 0o555);
  }
  async function expectTree(at: string, locked = "555") {
    expect((await readdir(sandbox.path(at), { recursive: true })).sort()).toEqual(TREE);
    expect((await readFile(sandbox.path(at, "sub/deep/b.bin"))).equals(Buffer.alloc(3_000_000, 7))).toBe(true);
    expect(modeOf(`${at}/run.sh`)).toBe("755");
    expect(modeOf(`${at}/locked`)).toBe(locked);
    expect(readlinkSync(sandbox.path(at, "sub/link"))).toBe("../a.txt");
    await chmod(sandbox.path(at, "locked"), 0o755);
  }

  test("copy copies a whole tree with modes and links, and creates the parent directories", async () => {
    await makeTree();
    await call("fs.copy", { src: "tree", dest: "far/away/copy" });
    await expectTree("far/away/copy");
    expect(await readdir(sandbox.path("far/away"))).toEqual(["copy"]);
    await chmod(sandbox.path("tree/locked"), 0o755);
  });
  test("copy replaces a file and merges into a directory, and keeps the directory's other entries", async () => {
    await sandbox.write("from/same.txt", "new");
    await sandbox.write("from/only-here/x", "x");
    await sandbox.write("to/same.txt", "old");
    await sandbox.write("to/stays.txt", "stays");
    await call("fs.copy", { src: "from", dest: "to" });
    expect((await readdir(sandbox.path("to"), { recursive: true })).sort()).toEqual([
      "only-here",
      "only-here/x",
      "same.txt",
      "stays.txt",
    ]);
    expect(await sandbox.read("to/same.txt")).toBe("new");
  });
  test("copy copies a symbolic link as a link", async () => {
    await symlink("some/where", sandbox.path("link"));
    await call("fs.copy", { src: "link", dest: "copy" });
    expect(readlinkSync(sandbox.path("copy"))).toBe("some/where");
  });
  test("copy does not write through a symbolic link in the destination", async () => {
    await sandbox.write("from/sub/x", "x");
    await mkdir(sandbox.path("outside"));
    await mkdir(sandbox.path("to"));
    await symlink(sandbox.path("outside"), sandbox.path("to/sub"));
    expect((await failure("fs.copy", { src: "from", dest: "to" })).code).toBe("NOT_A_DIRECTORY");
    expect(await readdir(sandbox.path("outside"))).toEqual([]);
  });
  test("copy drops the set-user-ID bit of a program", async () => {
    await sandbox.write("program", "x");
    await chmod(sandbox.path("program"), 0o4755);
    await call("fs.copy", { src: "program", dest: "copy" });
    expect(modeOf("copy")).toBe("755");
  });
  test.each([
    ["a file onto a directory", "file", "folder", "IS_A_DIRECTORY"],
    ["a directory onto a file", "folder", "file", "NOT_A_DIRECTORY"],
    ["a file onto itself", "file", "./folder/../file", "INVALID_PARAMS"],
    ["a file onto a link to it", "file", "link", "INVALID_PARAMS"],
    ["a link onto its target", "link", "file", "INVALID_PARAMS"],
    ["a directory onto itself", "folder", "folder", "INVALID_PARAMS"],
    ["a directory into itself", "folder", "folder/sub/copy", "INVALID_PARAMS"],
    ["a directory into itself through a link", "folder", "way-in/copy", "INVALID_PARAMS"],
    ["something missing", "missing", "copy", "NOT_FOUND"],
  ])("copy of %s is refused and changes nothing", async (_, src, dest, code) => {
    await sandbox.write("file", "contents");
    await sandbox.write("folder/inner", "i");
    await symlink("file", sandbox.path("link"));
    await symlink("folder", sandbox.path("way-in"));
    const before = await readdir(sandbox.root, { recursive: true });
    expect((await failure("fs.copy", { src, dest })).code).toBe(code);
    expect(await readdir(sandbox.root, { recursive: true })).toEqual(before);
    expect(await sandbox.read("file")).toBe("contents");
  });
  test("copy and sync of a tree with a FIFO fail before anything is copied, and the error names the FIFO", async () => {
    await sandbox.write("tree/a", "a");
    execFileSync("mkfifo", [sandbox.path("tree/pipe")]);
    for (const name of ["fs.copy", "fs.sync"] as const) {
      const error = await failure(name, { src: "tree", dest: "copy" });
      expect(error.code).toBe("UNSUPPORTED");
      expect(error.message).toContain("tree/pipe");
      expect(await readdir(sandbox.root)).toEqual(["tree"]);
    }
  });
  test("copy keeps names that are not UTF-8", async () => {
    await mkdir(sandbox.path("tree"));
    const name = Buffer.from([0x66, 0xff, 0xfe]);
    await sandbox.write("tree/plain", "p");
    execFileSync("cp", [sandbox.path("tree/plain"), "--", `${sandbox.path("tree")}/x`]);
    const { renameSync } = await import("node:fs");
    renameSync(sandbox.path("tree/x"), Buffer.concat([Buffer.from(`${sandbox.path("tree")}/`), name]));
    await call("fs.copy", { src: "tree", dest: "fresh" });
    await call("fs.copy", { src: "tree", dest: "fresh" });
    const names = await readdir(sandbox.path("fresh"), { encoding: "buffer" });
    expect(names.some((one) => one.equals(name))).toBe(true);
  });

  test("sync copies files that differ, skips the others, and removes nothing", async () => {
    await makeTree();
    const first = await call("fs.sync", { src: "tree", dest: "copy" });
    expect(first).toEqual({ copied: 6, skipped: 0, bytes: 3_000_012 });
    await sandbox.write("copy/extra.txt", "extra");
    expect(await call("fs.sync", { src: "tree", dest: "copy" })).toEqual({ copied: 0, skipped: 6, bytes: 0 });
    await sandbox.write("tree/a.txt", "longer than before");
    expect(await call("fs.sync", { src: "tree", dest: "copy" })).toEqual({ copied: 1, skipped: 5, bytes: 18 });
    expect(await sandbox.read("copy/a.txt")).toBe("longer than before");
    expect(await sandbox.read("copy/extra.txt")).toBe("extra");
    for (const locked of ["tree/locked", "copy/locked"]) await chmod(sandbox.path(locked), 0o755);
  });
  test("copy and sync preserve a hole of 100 MiB", async () => {
    await sandbox.write("sparse", "begin");
    truncateSync(sandbox.path("sparse"), 104_857_600);
    for (const name of ["fs.copy", "fs.sync"] as const) {
      await call(name, { src: "sparse", dest: name });
      const { size, blocks } = statSync(sandbox.path(name));
      expect(size).toBe(104_857_600);
      expect(blocks * 512).toBeLessThanOrEqual(65_536); // 4,096 on ext4
    }
  });
  test("sync keeps times to the microsecond, and detects a file of the same length that is microseconds newer", async () => {
    await sandbox.write("from/a", "one");
    utimesSync(sandbox.path("from/a"), 1_700_000_000.123456, 1_700_000_000.123456);
    await call("fs.sync", { src: "from", dest: "to" });
    expect(statSync(sandbox.path("to/a")).mtimeMs).toBeCloseTo(1_700_000_000_123.456, 2);
    await sandbox.write("from/a", "two");
    utimesSync(sandbox.path("from/a"), 1_700_000_000.123466, 1_700_000_000.123466);
    expect(await call("fs.sync", { src: "from", dest: "to" })).toMatchObject({ copied: 1 });
    expect(await sandbox.read("to/a")).toBe("two");
  });
  test("sync sets a changed mode without copying the file", async () => {
    await sandbox.write("from", "x", 0o600);
    await call("fs.sync", { src: "from", dest: "to" });
    await chmod(sandbox.path("from"), 0o640);
    expect(await call("fs.sync", { src: "from", dest: "to" })).toEqual({ copied: 0, skipped: 1, bytes: 0 });
    expect(modeOf("to")).toBe("640");
  });
  test("sync of a directory onto a file, and of a file onto a directory, is refused", async () => {
    await sandbox.write("file", "");
    await mkdir(sandbox.path("folder"));
    expect((await failure("fs.sync", { src: "folder", dest: "file" })).code).toBe("NOT_A_DIRECTORY");
    expect((await failure("fs.sync", { src: "file", dest: "folder" })).code).toBe("IS_A_DIRECTORY");
    expect((await failure("fs.sync", { src: "folder", dest: "folder/in" })).code).toBe("INVALID_PARAMS");
  });

  test("move renames, replaces a file, and creates the parent directories", async () => {
    await sandbox.write("a", "A");
    await sandbox.write("b", "B");
    await call("fs.move", { src: "a", dest: "b" });
    await call("fs.move", { src: "b", dest: "x/y/c" });
    expect(await readdir(sandbox.root, { recursive: true })).toEqual(["x", "x/y", "x/y/c"]);
    expect(await sandbox.read("x/y/c")).toBe("A");
  });
  test("move moves a symbolic link, not its target", async () => {
    await sandbox.write("file", "F");
    await symlink("file", sandbox.path("link"));
    await call("fs.move", { src: "link", dest: "moved" });
    expect(readlinkSync(sandbox.path("moved"))).toBe("file");
    expect(await sandbox.read("file")).toBe("F");
  });
  test("move of a file onto another hard link of the same file keeps the other link", async () => {
    await sandbox.write("a", "A");
    await hardLink(sandbox.path("a"), sandbox.path("b"));
    await call("fs.move", { src: "a", dest: "b" });
    expect(await readdir(sandbox.root)).toEqual(["b"]);
  });
  const REFUSED = [
    ["a file onto a directory", "file", "folder", "IS_A_DIRECTORY"],
    ["a directory onto a file", "folder", "file", "NOT_A_DIRECTORY"],
    ["a directory onto a non-empty directory", "folder", "full", "NOT_EMPTY"],
    ["something missing", "missing", "new/place", "NOT_FOUND"],
  ] as const;
  test.each(REFUSED)("move of %s is refused", async (_, src, dest, code) => {
    await sandbox.write("file", "");
    await mkdir(sandbox.path("folder"));
    await sandbox.write("full/x", "");
    expect((await failure("fs.move", { src, dest })).code).toBe(code);
    expect((await readdir(sandbox.root)).sort()).toEqual(["file", "folder", "full"]);
  });
  test("move of a directory into itself, and of the root, is refused", async () => {
    await mkdir(sandbox.path("folder"));
    expect((await failure("fs.move", { src: "folder", dest: "folder/in" })).code).toBe("INVALID_PARAMS");
    expect((await failure("fs.move", { src: ".", dest: "/tmp/xsys-elsewhere" })).code).toBe("INVALID_PARAMS");
  });
  test.skipIf(!twoFileSystems)(
    "move to another file system copies the tree with its times and removes the source",
    async () => {
      const other = mkdtempSync(join(OTHER, "xsys-test-"));
      try {
        await makeTree();
        await chmod(sandbox.path("tree/locked"), 0o755); // mv cannot move a file out of a read-only directory either
        utimesSync(sandbox.path("tree/empty"), 1_600_000_000, 1_600_000_000);
        await call("fs.move", { src: "tree", dest: join(other, "tree") });
        expect(await readdir(sandbox.root)).toEqual([]);
        expect(await readdir(other)).toEqual(["tree"]);
        expect(statSync(join(other, "tree/empty")).mtimeMs).toBe(1_600_000_000_000);
        await call("fs.move", { src: join(other, "tree"), dest: "back" });
        await expectTree("back", "755");
        expect(await readdir(other)).toEqual([]);
      } finally {
        rmSync(other, { recursive: true });
      }
    },
  );
  test.skipIf(!twoFileSystems).each(REFUSED)(
    "move of %s to another file system is refused",
    async (_, src, dest, code) => {
      const other = mkdtempSync(join(OTHER, "xsys-test-"));
      try {
        await sandbox.write("file", "");
        await mkdir(sandbox.path("folder"));
        execFileSync("sh", ["-c", "mkdir folder full && touch file full/x"], { cwd: other });
        expect((await failure("fs.move", { src, dest: join(other, dest) })).code).toBe(code);
        expect((await readdir(other)).sort()).toEqual(["file", "folder", "full"]);
        expect((await readdir(sandbox.root)).sort()).toEqual(["file", "folder"]);
      } finally {
        rmSync(other, { recursive: true });
      }
    },
  );
});

const TREE = [
  "a.txt",
  "dangling",
  "empty",
  "locked",
  "locked/c.txt",
  "run.sh",
  "sub",
  "sub/deep",
  "sub/deep/b.bin",
  "sub/link",
];
