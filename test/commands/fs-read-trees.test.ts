import { createHash } from "node:crypto";
import { link, lstat, mkdir, symlink, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { threeWays } from "./three-ways.ts";

const HOSTILE = ['it\'s "a"\n\t$(b) ü🎉', "--flag", "é", "e\u0301", "*", "n".repeat(255)];

threeWays("fs trees", ({ call, failure, sandbox }) => {
  test("ls sorts names by code unit, including hidden names and names with special characters", async () => {
    const names = [...HOSTILE, ".hidden", "B", "a", "Z", "10", "9"];
    for (const name of names) await sandbox.write(name, "");
    expect(await call("fs.ls", {})).toEqual(names.sort());
  });
  test("ls of an empty directory is an empty list", async () => {
    expect(await call("fs.ls", {})).toEqual([]);
    expect(await call("fs.ls", { recursive: true, stats: true })).toEqual([]);
  });
  test("ls with stats pairs each name with the result of stats", async () => {
    await sandbox.write("a.txt", "hello", 0o640);
    await mkdir(sandbox.path("b"));
    await symlink("b", sandbox.path("c"));
    const listing = await call("fs.ls", { stats: true });
    const single = async (name: string) => [name, await call("fs.stats", { path: name })];
    expect(listing).toEqual([await single("a.txt"), await single("b"), await single("c")]);
  });
  test("ls recursive lists directories and files below by relative path, and follows no symbolic link", async () => {
    await sandbox.write("t/a/b/deep.txt", "12345");
    await sandbox.write("t/a.txt", "");
    await mkdir(sandbox.path("t/empty"));
    await symlink("..", sandbox.path("t/a/up"));
    const expected = ["a", "a.txt", "a/b", "a/b/deep.txt", "a/up", "empty"];
    expect(await call("fs.ls", { path: "t", recursive: true })).toEqual(expected);
    const pairs = (await call("fs.ls", { path: "t", recursive: true, stats: true })) as [string, { size: number }][];
    expect(pairs.map(([name]) => name)).toEqual(expected);
    expect(pairs[3]?.[1]).toMatchObject({ size: 5, is_file: true });
  });
  test("ls of a symbolic link to a directory lists that directory", async () => {
    await sandbox.write("real/a", "");
    await symlink("real", sandbox.path("link"));
    expect(await call("fs.ls", { path: "link" })).toEqual(["a"]);
  });
  test.skipIf(process.platform !== "linux")("names that are not UTF-8 are listed, measured and compared", async () => {
    const folder = Buffer.concat([Buffer.from(`${sandbox.root}/t/`), Buffer.from([0x66, 0xff])]);
    await sandbox.write("t/\uFFFD", "abc");
    await mkdir(folder);
    await writeFile(Buffer.concat([folder, Buffer.from("/"), Buffer.from([0xfe])]), "abc");
    await writeFile(Buffer.concat([folder, Buffer.from("/plain")]), "12345");
    const listing = ["f\uFFFD", "f\uFFFD/plain", "f\uFFFD/\uFFFD", "\uFFFD"];
    expect(await call("fs.ls", { path: "t", recursive: true })).toEqual(listing);
    expect((await call("fs.ls", { path: "t", recursive: true, stats: true })).length).toBe(4);
    expect(await call("fs.du", { path: "t" })).toMatchObject({ size: 11, file_count: 3, dir_count: 2 });
    expect(await call("fs.dedupe", { path: "t" })).toMatchObject([{ paths: ["t/f\uFFFD/\uFFFD", "t/\uFFFD"] }]);
  });

  test("du counts files, bytes, and directories including the given one; size returns the same sum", async () => {
    await sandbox.write("t/a/1", "12345");
    await sandbox.write("t/a/b/2", "123");
    await symlink("a", sandbox.path("t/link"));
    const own = (await lstat(sandbox.path("t/link"))).size;
    expect(await call("fs.du", { path: "t" })).toEqual({ path: "t", size: 8 + own, file_count: 3, dir_count: 3 });
    expect(await call("fs.size", { path: "t" })).toEqual({ bytes: 8 + own, formatted: `${8 + own} B` });
  });
  test("du and size follow a given symbolic link, and accept a file", async () => {
    await sandbox.write("t/1", "12345");
    await symlink("t", sandbox.path("link"));
    expect(await call("fs.du", { path: "link" })).toEqual({ path: "link", size: 5, file_count: 1, dir_count: 1 });
    expect(await call("fs.du", { path: "./t/1" })).toEqual({ path: "./t/1", size: 5, file_count: 1, dir_count: 0 });
    await mkdir(sandbox.path("empty"));
    expect(await call("fs.size", { path: "empty" })).toEqual({ bytes: 0, formatted: "0 B" });
  });
  test("du of a missing path is NOT_FOUND, and ls of a file is NOT_A_DIRECTORY", async () => {
    const error = await failure("fs.du", { path: "missing" });
    expect(error.code).toBe("NOT_FOUND");
    expect(error.message).toContain(sandbox.path("missing"));
    await sandbox.write("file", "");
    expect((await failure("fs.ls", { path: "file" })).code).toBe("NOT_A_DIRECTORY");
  });

  test("top-big-files lists the largest first, ties by path, with absolute paths for an absolute path", async () => {
    for (const [path, size] of Object.entries({ "src/b": 5, "src/a": 5, "src/sub/c": 9, "src/d": 1, "src/e": 0 })) {
      await sandbox.write(path, "x".repeat(size));
    }
    await symlink("sub/c", sandbox.path("src/link"));
    expect(await call("fs.top-big-files", { path: "src", limit: 3 })).toEqual([
      { path: "src/sub/c", size: 9 },
      { path: "src/a", size: 5 },
      { path: "src/b", size: 5 },
    ]);
    const first = async (path: string) => (await call("fs.top-big-files", { path, limit: 1 }))[0]?.path;
    expect(await first(".")).toBe("src/sub/c");
    expect(await first("src/")).toBe("src/sub/c");
    expect(await first(sandbox.path("src"))).toBe(sandbox.path("src/sub/c"));
    expect((await call("fs.top-big-files", {})).map(({ size }) => size)).toEqual([9, 5, 5, 1, 0]);
  });
  test("dedupe groups files with equal content, the largest first", async () => {
    const large = Buffer.alloc(1_100_000, "large");
    const other = Buffer.from(large);
    other[1_000_000] = 0; // differs after the first block
    await sandbox.write("t/z/copy", large);
    await sandbox.write("t/a", large);
    await sandbox.write("t/other", other);
    await sandbox.write("t/differs", Buffer.concat([Buffer.from("X"), large.subarray(1)]));
    for (const name of ["y", "x", "w"]) await sandbox.write(`t/${name}`, "small");
    await sandbox.write("t/v", "SMALL");
    for (const name of ["e1", "e2"]) await sandbox.write(`t/${name}`, "");
    await symlink("a", sandbox.path("t/link"));
    const digest = (bytes: string | Buffer) => createHash("sha256").update(bytes).digest("hex");
    expect(await call("fs.dedupe", { path: "t" })).toEqual([
      { hash: digest(large), paths: ["t/a", "t/z/copy"], size: large.length },
      { hash: digest("small"), paths: ["t/w", "t/x", "t/y"], size: 5 },
    ]);
  });
  test("dedupe counts hard links of one file as one file", async () => {
    await sandbox.write("b", "same");
    await link(sandbox.path("b"), sandbox.path("a"));
    expect(await call("fs.dedupe", {})).toEqual([]);
    await sandbox.write("c", "same");
    expect(await call("fs.dedupe", {})).toMatchObject([{ paths: ["a", "c"] }]);
  });
});
