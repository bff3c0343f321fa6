import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, readFileSync, readlinkSync, statSync, utimesSync } from "node:fs";
import { mkdir, open, readdir, symlink } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { expect, test } from "vitest";
import { threeWays } from "./three-ways.ts";

threeWays("fs entries", ({ call, failure, sandbox }) => {
  test("rm removes a file, a tree without force, and a symbolic link but not its target", async () => {
    await sandbox.write("file", "");
    await sandbox.write("tree/sub/x", "");
    await sandbox.write("kept/x", "");
    await symlink("kept", sandbox.path("link"));
    await symlink("../kept", sandbox.path("tree/link"));
    for (const path of ["file", "tree", "link"]) await call("fs.rm", { path });
    expect(await readdir(sandbox.root, { recursive: true })).toEqual(["kept", "kept/x"]);
  });
  test("rm of a missing path is NOT_FOUND without force", async () => {
    expect((await failure("fs.rm", { path: "missing" })).code).toBe("NOT_FOUND");
    expect(await call("fs.rm", { path: "missing", force: true })).toBe(null);
  });
  test.each(["", ".", "..", "/", "sub/.."])("rm of %j, which is the root or contains it, is refused", async (path) => {
    await sandbox.write("sub/x", "");
    const error = await failure("fs.rm", { path, force: true });
    expect(error.code).toBe("INVALID_PARAMS");
    expect(await readdir(sandbox.root)).toEqual(["sub"]);
  });
  test("rm of the root under another name is refused, and a symbolic link to the root can be removed", async () => {
    await symlink("..", sandbox.path("up"));
    await symlink(".", sandbox.path("here"));
    const name = sandbox.root.split("/").pop() ?? "";
    expect((await failure("fs.rm", { path: `up/${name}` })).code).toBe("INVALID_PARAMS");
    await call("fs.rm", { path: "here" });
    expect(await readdir(sandbox.root)).toEqual(["up"]);
  });

  test("mkdir creates a directory, and with parents accepts an existing one", async () => {
    await call("fs.mkdir", { path: "a" });
    expect((await failure("fs.mkdir", { path: "a" })).code).toBe("ALREADY_EXISTS");
    expect((await failure("fs.mkdir", { path: "b/c" })).code).toBe("NOT_FOUND");
    await call("fs.mkdir", { path: "b/c", parents: true });
    await call("fs.mkdir", { path: "b/c", parents: true });
    expect(await readdir(sandbox.root, { recursive: true })).toEqual(["a", "b", "b/c"]);
  });
  test("mkdir names the file that is in its way", async () => {
    await sandbox.write("file", "");
    expect((await failure("fs.mkdir", { path: "file", parents: true })).code).toBe("ALREADY_EXISTS");
    const below = await failure("fs.mkdir", { path: "file/sub", parents: true });
    expect(below.code).toBe("NOT_A_DIRECTORY");
    expect(below.message).toContain("file/sub");
  });

  test("touch creates an empty file and its parent directories", async () => {
    await call("fs.touch", { path: "a/b/marker" });
    expect(await sandbox.read("a/b/marker")).toBe("");
  });
  test("touch sets both times to now, also of a directory, and keeps the content", async () => {
    await sandbox.write("folder/file", "kept");
    for (const path of ["folder/file", "folder"]) {
      utimesSync(sandbox.path(path), 1, 1);
      const before = Date.now();
      await call("fs.touch", { path });
      const { atimeMs, mtimeMs } = statSync(sandbox.path(path));
      for (const time of [atimeMs, mtimeMs]) expect(Math.abs(time - before)).toBeLessThan(20_000);
    }
    expect(await sandbox.read("folder/file")).toBe("kept");
  });

  test("link creates an absolute symbolic link and its parent directories", async () => {
    await call("fs.link", { src: "logs/../app.log", dest: "links/latest" });
    expect(readlinkSync(sandbox.path("links/latest"))).toBe(sandbox.path("app.log"));
  });
  test.each(["file", "dangling"])("link onto an existing path is refused: %s", async (dest) => {
    await sandbox.write("file", "kept");
    await symlink("nowhere", sandbox.path("dangling"));
    expect((await failure("fs.link", { src: "file", dest })).code).toBe("ALREADY_EXISTS");
    expect(await sandbox.read("file")).toBe("kept");
    expect(readlinkSync(sandbox.path("dangling"))).toBe("nowhere");
  });

  test.each([
    ["755", "755"],
    ["0600", "600"],
    ["0o4711", "4711"],
    ["0", "0"],
  ])("chmod %s sets mode %s", async (mode, expected) => {
    await sandbox.write("file", "");
    await call("fs.chmod", { path: "file", mode });
    expect((statSync(sandbox.path("file")).mode & 0o7777).toString(8)).toBe(expected);
  });
  test("chmod of a missing path is NOT_FOUND", async () => {
    expect((await failure("fs.chmod", { path: "missing", mode: "600" })).code).toBe("NOT_FOUND");
  });

  test("shred overwrites and empties the file itself before it removes the name", async () => {
    await sandbox.write("secret", Buffer.alloc(2_500_000, "secret"));
    const kept = await open(sandbox.path("secret"));
    await call("fs.shred", { path: "secret", passes: 2 });
    expect((await kept.stat()).size).toBe(0);
    await kept.close();
    expect(await readdir(sandbox.root)).toEqual([]);
  });
  test("shred removes an empty file", async () => {
    await sandbox.write("empty", "");
    await call("fs.shred", { path: "empty" });
    expect(existsSync(sandbox.path("empty"))).toBe(false);
  });
  test("shred refuses a symbolic link, a directory, a FIFO and a missing path", async () => {
    await sandbox.write("file", "kept");
    await symlink("file", sandbox.path("link"));
    await mkdir(sandbox.path("folder"));
    execFileSync("mkfifo", [sandbox.path("fifo")]);
    expect((await failure("fs.shred", { path: "link" })).code).toBe("INVALID_PARAMS");
    expect((await failure("fs.shred", { path: "fifo" })).code).toBe("INVALID_PARAMS");
    expect((await failure("fs.shred", { path: "folder" })).code).toBe("IS_A_DIRECTORY");
    expect((await failure("fs.shred", { path: "missing" })).code).toBe("NOT_FOUND");
    expect(await sandbox.read("file")).toBe("kept");
    expect(lstatSync(sandbox.path("link")).isSymbolicLink()).toBe(true);
  });

  test("lock is granted once, returns its holder, and is granted again after unlock", async () => {
    const before = Math.floor(Date.now() / 1000);
    const first = await call("fs.lock", { path: "job", owner: "nightly" });
    expect(first).toMatchObject({
      locked: true,
      holder: { pid: process.pid, host: hostname(), user: userInfo().username, owner: "nightly" },
    });
    expect(first.holder.since).toBeGreaterThanOrEqual(before);
    expect(await call("fs.lock", { path: "job" })).toEqual({ locked: false, holder: first.holder });
    expect(JSON.parse(readFileSync(sandbox.path("job.lock"), "utf8"))).toEqual(first.holder);
    expect(await readdir(sandbox.root)).toEqual(["job.lock"]);
    await call("fs.unlock", { path: "job" });
    expect(await call("fs.lock", { path: "job" })).toMatchObject({ locked: true });
  });
  test("lock locks the target of a path, however the path is written", async () => {
    await sandbox.write("real/job", "");
    await mkdir(sandbox.path("elsewhere/deep"), { recursive: true });
    await symlink("real", sandbox.path("folder"));
    await symlink("folder/job", sandbox.path("file"));
    await symlink("../../folder/./job", sandbox.path("elsewhere/deep/file"));
    await symlink("elsewhere/deep", sandbox.path("deep"));
    await symlink("deep/../../real/job", sandbox.path("around"));
    expect(await call("fs.lock", { path: "file" })).toMatchObject({ locked: true });
    expect(await readdir(sandbox.path("real"))).toEqual(["job", "job.lock"]);
    const spellings = ["none/../real//job", "folder/job", "deep/file", "around"];
    const locks = await Promise.all(spellings.map((path) => call("fs.lock", { path })));
    expect(locks.map(({ locked }) => locked)).toEqual([false, false, false, false]);
    await call("fs.unlock", { path: "deep/file" });
    expect(await call("fs.lock", { path: "real/job" })).toMatchObject({ locked: true });
    expect(await readdir(sandbox.path("real"))).toEqual(["job", "job.lock"]);
    for (const path of [".", "elsewhere/deep"])
      expect((await readdir(sandbox.path(path))).join()).not.toContain(".lock");
  });
  test("one of many concurrent lock calls gets the lock, and the others get its holder", async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) => call("fs.lock", { path: "deep/job", owner: `number ${i}` })),
    );
    const winners = answers.filter(({ locked }) => locked);
    expect(winners).toHaveLength(1);
    for (const { holder } of answers) expect(holder).toEqual(winners[0]?.holder);
  });
  test.each([
    ["a plain process id", "4711\n", 4711],
    ["invalid JSON", "{not json", 0],
    ["nothing", "", 0],
    ["fields of other types", '{"pid":"x","host":7,"since":"then"}', 0],
  ])("a lock file that contains %s counts as held", async (_, text, pid) => {
    await sandbox.write("job.lock", text);
    utimesSync(sandbox.path("job.lock"), 1_700_000_000, 1_700_000_000);
    expect(await call("fs.lock", { path: "job" })).toEqual({
      locked: false,
      holder: { pid, host: "", user: "", since: 1_700_000_000 },
    });
  });
  test("unlock of a path that is not locked is NOT_FOUND", async () => {
    const error = await failure("fs.unlock", { path: "job" });
    expect(error.code).toBe("NOT_FOUND");
    expect(error.message).toContain("job");
  });
});
