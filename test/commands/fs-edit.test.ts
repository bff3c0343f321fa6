import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, stat, symlink } from "node:fs/promises";
import { expect, test } from "vitest";
import { threeWays } from "./three-ways.ts";

threeWays("fs editing", ({ call, failure, sandbox }) => {
  test.each([
    ["every occurrence", "a.b a.b axb", "a.b", "c", "c c axb", 2],
    ["literal text that is also a valid expression", "price (USD) price USD", "price (USD)", "EUR", "EUR price USD", 1],
    ["literal text that is not a valid expression", "f(x", "f(", "g(", "g(x", 1],
    ["text with a literal $&", "a", "a", "$&$1", "$&$1", 1],
    ["text that begins with a dash", "run --fast", "--fast", "--slow", "run --slow", 1],
    ["by expression if the literal text is not found", "line 1\nline 2\n", "line (\\d)", "row $1", "row 1\nrow 2\n", 2],
    ["by expression with $& in the replacement", "ab", "[ab]", "<$&>", "<a><b>", 2],
    ["text with longer text", "aXbX", "X", "yyyy", "ayyyybyyyy", 2],
    ["text with an empty string", "aXbX", "X", "", "ab", 2],
    ["text in other alphabets", "grüße 👋 grüße", "grüße", "👋", "👋 👋 👋", 2],
  ])("patch replaces %s", async (_, before, search, replace, after, replacements) => {
    await sandbox.write("file", before);
    expect(await call("fs.patch", { path: "file", search, replace })).toEqual({ changed: true, replacements });
    expect(await sandbox.read("file")).toBe(after);
  });
  test.each([
    ["text that is not found", "abc", "x", 0],
    ["text that is not found and is not a valid expression", "abc", "x(", 0],
    ["an expression that matches nothing", "abc", "\\d+", 0],
    ["a text and an equal replacement", "abc", "b", 1],
  ])("patch with %s leaves the file unchanged", async (_, contents, search, replacements) => {
    await sandbox.write("file", contents);
    const { ino } = await stat(sandbox.path("file"));
    expect(await call("fs.patch", { path: "file", search, replace: "b" })).toEqual({ changed: false, replacements });
    expect((await stat(sandbox.path("file"))).ino).toBe(ino);
  });
  test("patch uses the given mode", async () => {
    await sandbox.write("file", "a.b axb");
    expect(await call("fs.patch", { path: "file", search: "x.", replace: "", mode: "literal" })).toMatchObject({
      changed: false,
    });
    await call("fs.patch", { path: "file", search: "A.B", replace: "-", mode: "regex", flags: "i" });
    expect(await sandbox.read("file")).toBe("- -");
  });
  test("patch treats ^ and $ as the flags say", async () => {
    await sandbox.write("file", "a\na\n");
    await call("fs.patch", { path: "file", search: "^a$", replace: "b", flags: "gm" });
    expect(await sandbox.read("file")).toBe("b\nb\n");
  });
  test("patch keeps a byte order mark and bytes that are not UTF-8", async () => {
    await sandbox.write("file", Buffer.from("\ufeffcaf\u00e9 old", "latin1"));
    await sandbox.write("utf8", "\ufeffold 1");
    await call("fs.patch", { path: "file", search: "old", replace: "neu" });
    await call("fs.patch", { path: "utf8", search: "old \\d", replace: "neu" });
    expect(await readFile(sandbox.path("file"), "latin1")).toBe(
      Buffer.from("\ufeffcaf\u00e9 neu", "latin1").toString("latin1"),
    );
    expect(await sandbox.read("utf8")).toBe("\ufeffneu");
    const error = await failure("fs.patch", { path: "file", search: "n.u", replace: "x" });
    expect(error.code).toBe("INVALID_DATA");
  });
  test("patch keeps the mode, and a symbolic link to the file", async () => {
    await sandbox.write("file", "a");
    await chmod(sandbox.path("file"), 0o604);
    await symlink("file", sandbox.path("link"));
    await call("fs.patch", { path: "link", search: "a", replace: "b" });
    expect((await stat(sandbox.path("file"))).mode & 0o777).toBe(0o604);
    expect(await sandbox.read("file")).toBe("b");
  });
  test("patch reports why an expression is invalid", async () => {
    await sandbox.write("file", "a");
    const error = await failure("fs.patch", { path: "file", search: "(a", replace: "b", mode: "regex" });
    expect(error.code).toBe("INVALID_PARAMS");
    expect(error.message).toContain("Unterminated group");
  });
  test("patch of an expression that backtracks too long is a TIMEOUT and leaves the file unchanged", async () => {
    const contents = `${"a".repeat(40)}!`;
    await sandbox.write("file", contents);
    const error = await failure("fs.patch", { path: "file", search: "(a+)+$", replace: "b" });
    expect(error.code).toBe("TIMEOUT");
    expect(error.message).toContain("file");
    expect(await sandbox.read("file")).toBe(contents);
    expect(await readdir(sandbox.root)).toEqual(["file"]);
  });
  test.each(["fs.patch", "fs.split", "fs.merge", "fs.encrypt", "fs.decrypt"] as const)(
    "%s of a directory is refused",
    async (name) => {
      await mkdir(sandbox.path("folder"));
      const params = {
        "fs.patch": { path: "folder", search: "a", replace: "b" },
        "fs.split": { path: "folder", bytes: 1 },
        "fs.merge": { dest: "all", sources: ["folder"] },
        "fs.encrypt": { path: "folder", key: "k" },
        "fs.decrypt": { path: "folder", key: "k" },
      }[name];
      const error = await failure(name, params);
      expect(error.code).toBe("IS_A_DIRECTORY");
      expect(await readdir(sandbox.root)).toEqual(["folder"]);
    },
  );

  test("split and merge restore a file of several megabytes, even if the destination is one of the chunks", async () => {
    const contents = Buffer.from(Array.from({ length: 3_500_001 }, (_, i) => (i * 7 + (i >> 9)) & 255));
    await sandbox.write("in/big.bin", contents);
    const chunks = await call("fs.split", { path: "in/big.bin", bytes: 1_500_000, out: "parts" });
    expect(chunks).toEqual(["parts/big.bin.001", "parts/big.bin.002", "parts/big.bin.003"]);
    expect((await stat(sandbox.path("parts/big.bin.003"))).size).toBe(500_001);
    await call("fs.merge", { dest: "parts/big.bin.001", sources: chunks });
    expect((await readFile(sandbox.path("parts/big.bin.001"))).equals(contents)).toBe(true);
    expect(await readdir(sandbox.path("parts"))).toHaveLength(3);
  });
  test.skipIf(!existsSync("/proc/version"))(
    "split processes the whole content of a file with a reported size of 0",
    async () => {
      const chunks = await call("fs.split", { path: "/proc/version", bytes: 50, out: "parts" });
      const parts = await Promise.all(chunks.map((chunk) => sandbox.read(chunk)));
      expect(parts.join("")).toBe(readFileSync("/proc/version", "utf8"));
    },
  );
  test("split writes the chunks beside the file, and returns absolute paths for an absolute path", async () => {
    await sandbox.write("in/a.log", "12345");
    expect(await call("fs.split", { path: "in/a.log", bytes: 2, out: "" })).toEqual([
      "in/a.log.001",
      "in/a.log.002",
      "in/a.log.003",
    ]);
    const absolute = sandbox.path("in/a.log");
    expect(await call("fs.split", { path: absolute, bytes: 5 })).toEqual([`${absolute}.001`]);
    expect(await sandbox.read("in/a.log.001")).toBe("12345");
  });
  test("split makes one empty chunk of an empty file, and numbers above 999 keep the order", async () => {
    await sandbox.write("empty", "");
    expect(await call("fs.split", { path: "empty", bytes: 2 })).toEqual(["empty.001"]);
    await sandbox.write("many", "x".repeat(1_001));
    const chunks = await call("fs.split", { path: "many", bytes: 1, out: "parts" });
    expect(chunks.slice(998)).toEqual(["parts/many.999", "parts/many.1000", "parts/many.1001"]);
  });
  test("split into too many chunks writes nothing", async () => {
    await sandbox.write("big", "x".repeat(100_001));
    expect((await failure("fs.split", { path: "big", bytes: 1, out: "parts" })).code).toBe("TOO_LARGE");
    expect(await readdir(sandbox.root)).toEqual(["big"]);
  });
  test("split leaves no chunk if a directory has the name of a chunk", async () => {
    await sandbox.write("file", "12345");
    await mkdir(sandbox.path("file.003"));
    expect((await failure("fs.split", { path: "file", bytes: 2 })).code).toBe("IS_A_DIRECTORY");
    expect((await readdir(sandbox.root)).sort()).toEqual(["file", "file.003"]);
  });
  test("split and merge keep the permissions of a private file", async () => {
    await sandbox.write("secret", "1234");
    await chmod(sandbox.path("secret"), 0o600);
    const chunks = await call("fs.split", { path: "secret", bytes: 2 });
    await call("fs.merge", { dest: "again", sources: chunks });
    for (const path of [...chunks, "again"]) expect((await stat(sandbox.path(path))).mode & 0o777).toBe(0o600);
  });
  test("merge with a missing source leaves the destination unchanged", async () => {
    await sandbox.write("all", "old");
    await sandbox.write("a", "A");
    const error = await failure("fs.merge", { dest: "all", sources: ["a", "missing"] });
    expect(error.code).toBe("NOT_FOUND");
    expect(error.message).toContain("missing");
    expect(await sandbox.read("all")).toBe("old");
    expect((await readdir(sandbox.root)).sort()).toEqual(["a", "all"]);
  });
});
