import { chmod, lstat, mkdir, readdir, readFile, stat, symlink } from "node:fs/promises";
import { expect, test } from "vitest";
import { threeWays } from "./three-ways.ts";

const BINARY = Buffer.from(Array.from({ length: 5_000_003 }, (_, i) => (i * 31 + (i >> 8)) & 255));

threeWays("fs writing", ({ call, failure, sandbox }) => {
  const modeOf = async (path: string) => ((await stat(sandbox.path(path))).mode & 0o7777).toString(8);
  const WRITERS = ["fs.write", "fs.atomic-write", "fs.write-secure", "fs.cat-write"] as const;

  test.each(WRITERS)(
    "%s creates the file and its parent directories from a stream of several megabytes",
    async (name) => {
      await call(name, { path: "a/b/c.bin" }, { input: BINARY });
      expect((await readFile(sandbox.path("a/b/c.bin"))).equals(BINARY)).toBe(true);
      expect(await readdir(sandbox.path("a/b"))).toEqual(["c.bin"]);
    },
  );
  test.each(WRITERS)("%s truncates a file if its input is empty", async (name) => {
    await sandbox.write("a.txt", "old and long");
    await call(name, { path: "a.txt" }, { input: "" });
    expect(await sandbox.read("a.txt")).toBe("");
  });
  test.each(WRITERS)("%s onto a directory is refused", async (name) => {
    await mkdir(sandbox.path("folder"));
    const error = await failure(name, { path: "folder" }, { input: "x" });
    expect(error.code).toBe("IS_A_DIRECTORY");
    expect(error.message).toContain("folder");
  });
  test.each(WRITERS)("%s below a file is refused", async (name) => {
    await sandbox.write("file", "");
    expect((await failure(name, { path: "file/x" }, { input: "x" })).code).toBe("NOT_A_DIRECTORY");
  });
  test.each(WRITERS)("%s writes through a symbolic link and keeps the link", async (name) => {
    await sandbox.write("real/data.txt", "old");
    await symlink("real", sandbox.path("folder-link"));
    await symlink("../real/data.txt", sandbox.path("real/link"));
    await call(name, { path: "folder-link/link" }, { input: "new" });
    expect(await sandbox.read("real/data.txt")).toBe("new");
    expect((await lstat(sandbox.path("real/link"))).isSymbolicLink()).toBe(true);
  });
  test.each(WRITERS)("%s creates the missing target of a symbolic link", async (name) => {
    await symlink("later.txt", sandbox.path("link"));
    await call(name, { path: "link" }, { input: "here" });
    expect(await sandbox.read("later.txt")).toBe("here");
  });
  test.skipIf(process.platform === "win32").each(WRITERS)(
    "%s writes to a device and does not replace it",
    async (name) => {
      await call(name, { path: "/dev/null" }, { input: "gone" });
      expect((await stat("/dev/null")).isCharacterDevice()).toBe(true);
    },
  );
  test("write accepts the content as a parameter", async () => {
    await call("fs.write", { path: "a.txt", data: "grüße 👋" });
    expect(await sandbox.read("a.txt")).toBe("grüße 👋");
  });
  test("write keeps the mode of a file, and a new file gets the umask's mode", async () => {
    await sandbox.write("kept.txt", "old");
    await chmod(sandbox.path("kept.txt"), 0o640);
    await call("fs.write", { path: "kept.txt" }, { input: "new" });
    expect(await modeOf("kept.txt")).toBe("640");
    await call("fs.write", { path: "new.txt" }, { input: "new" });
    expect(await modeOf("new.txt")).toBe((0o666 & ~process.umask()).toString(8));
  });
  test("append writes at the end, and creates a missing file and its parent directories", async () => {
    await call("fs.write", { path: "logs/a.log", append: true }, { input: "one\n" });
    await call("fs.write", { path: "logs/a.log", append: true }, { input: "two\n" });
    expect(await sandbox.read("logs/a.log")).toBe("one\ntwo\n");
  });
  test("cat-write returns the number of written bytes", async () => {
    expect(await call("fs.cat-write", { path: "dump.bin" }, { input: BINARY })).toEqual({ bytes: BINARY.length });
  });
  test.each(["600", "0600", "0o600"])(
    "write-secure sets mode %s on a file that everyone could read and write",
    async (mode) => {
      await sandbox.write("secret", "old");
      await chmod(sandbox.path("secret"), 0o666);
      await call("fs.write-secure", { path: "secret", mode }, { input: "new" });
      expect(await modeOf("secret")).toBe("600");
    },
  );
  test("write-secure sets a wider mode exactly, whatever the umask", async () => {
    await call("fs.write-secure", { path: "shared", mode: "666" }, { input: "" });
    expect(await modeOf("shared")).toBe("666");
  });
  test.each(["rw-------", "888", "77777"])("a mode of %j is refused", async (mode) => {
    expect((await failure("fs.write-secure", { path: "x", mode }, { input: "x" })).code).toBe("INVALID_PARAMS");
    expect((await failure("fs.chmod", { path: ".", mode })).code).toBe("INVALID_PARAMS");
    expect(await readdir(sandbox.root)).toEqual([]);
  });
  test("a file name of the maximum length is written", async () => {
    const name = "n".repeat(255);
    await call("fs.atomic-write", { path: name }, { input: "x" });
    expect(await sandbox.read(name)).toBe("x");
  });
  test("a confined write through a symbolic link out of the root is DENIED", async () => {
    await symlink("/tmp", sandbox.path("out"));
    const error = await failure("fs.write", { path: "out/xsys-never.txt" }, { input: "x", confined: true });
    expect(error.code).toBe("DENIED");
  });
});
