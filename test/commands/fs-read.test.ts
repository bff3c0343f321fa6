import { createHash } from "node:crypto";
import { chmod, lstat, symlink, truncate, utimes } from "node:fs/promises";
import { expect, test } from "vitest";
import { threeWays } from "./three-ways.ts";

threeWays("fs reading", ({ call, output, failure, sandbox }) => {
  test.each(["fs.read", "fs.cat"] as const)("%s of a missing file is NOT_FOUND and names the file", async (name) => {
    const error = await failure(name, { path: "missing.txt" });
    expect(error.code).toBe("NOT_FOUND");
    expect(error.message).toContain(sandbox.path("missing.txt"));
  });

  test("read returns text unchanged, including a byte order mark and empty text", async () => {
    const text = "\uFEFFgrüße\r\n\u0000 日本 🎉\n";
    await sandbox.write("a.txt", text);
    await sandbox.write("empty.txt", "");
    expect(await call("fs.read", { path: "a.txt" })).toBe(text);
    expect(await call("fs.read", { path: "empty.txt" })).toBe("");
  });
  test("read returns U+FFFD for bytes that are not UTF-8, and hex on request", async () => {
    await sandbox.write("b.bin", Buffer.from([0x61, 0xff, 0x62, 0xc3]));
    expect(await call("fs.read", { path: "b.bin" })).toBe("a\uFFFDb\uFFFD");
    expect(await call("fs.read", { path: "b.bin", bytes: true })).toBe("61ff62c3");
  });
  test("read accepts names with special characters and symbolic links", async () => {
    const name = `it's "a"\n\t$(b) ü🎉 --path.txt`;
    await sandbox.write(name, "x");
    await sandbox.write("n".repeat(255), "y");
    await symlink(name, sandbox.path("link"));
    expect(await call("fs.read", { path: name })).toBe("x");
    expect(await call("fs.read", { path: "n".repeat(255) })).toBe("y");
    expect(await call("fs.read", { path: "link" })).toBe("x");
  });
  test("read of a file larger than a response may be is TOO_LARGE and names fs.cat", async () => {
    await sandbox.write("huge", "");
    await truncate(sandbox.path("huge"), 2 ** 40);
    const error = await failure("fs.read", { path: "huge" });
    expect(error.code).toBe("TOO_LARGE");
    expect(error.message).toContain("fs.cat");
    expect(error.details).toMatchObject({ size: 2 ** 40, limit: expect.any(Number) });
  });

  test("stream keeps characters intact that span two chunks", async () => {
    const text = "aü日🎉".repeat(500);
    await sandbox.write("a.txt", text);
    expect(await call("fs.stream", { path: "a.txt", chunkSize: 3 })).toBe(text);
    expect(await call("fs.stream", { path: "a.txt" })).toBe(text);
    expect(await call("fs.stream", { path: "a.txt", hex: true })).toBe(Buffer.from(text).toString("hex"));
  });

  test("cat sends a file of many chunks, and counts its bytes", async () => {
    const bytes = randomBytes(1_300_000);
    await sandbox.write("a.bin", bytes);
    expect((await output("fs.cat", { path: "a.bin" })).equals(bytes)).toBe(true);
    expect(await call("fs.cat", { path: "a.bin" })).toEqual({ bytes: bytes.length });
  });
  test("cat sends a range of a file", async () => {
    await sandbox.write("digits", "0123456789");
    expect((await output("fs.cat", { path: "digits", offset: 2, limit: 3 })).toString()).toBe("234");
  });

  test("stats of a file returns times in whole seconds and the mode bits", async () => {
    const file = await sandbox.write("a.txt", "hello");
    await chmod(file, 0o2640);
    await utimes(file, 1_600_000_000.75, 1_500_000_000.25);
    const stats = await call("fs.stats", { path: "a.txt" });
    expect(stats).toEqual({
      size: 5,
      is_file: true,
      is_dir: false,
      is_symlink: false,
      modified: 1_500_000_000,
      created: Math.floor((await lstat(file)).birthtimeMs / 1000),
      accessed: 1_600_000_000,
      permissions: 0o2640,
      readonly: false,
    });
    await chmod(file, 0o444);
    expect(await call("fs.stats", { path: "a.txt" })).toMatchObject({ permissions: 0o444, readonly: true });
  });
  test("stats of a symbolic link describes the link itself, even if it is dangling", async () => {
    await symlink("nowhere", sandbox.path("link"));
    expect(await call("fs.stats", { path: "link" })).toMatchObject({
      size: 7,
      is_symlink: true,
      is_file: false,
      is_dir: false,
    });
    expect(await call("fs.stats", { path: "." })).toMatchObject({ is_dir: true, is_file: false, is_symlink: false });
    expect((await failure("fs.stats", { path: "none" })).code).toBe("NOT_FOUND");
  });

  test("hash and verify use the same digest", async () => {
    await sandbox.write("a.txt", "abc");
    const sha256 = createHash("sha256").update("abc").digest("hex");
    expect(await call("fs.verify", { path: "a.txt", hash: sha256 })).toEqual({ valid: true });
    expect(await call("fs.verify", { path: "a.txt", hash: "00" })).toEqual({ valid: false });
    expect(await call("fs.hash", { path: "a.txt" })).toEqual({ hash: sha256 });
  });

  test("size returns bytes and a formatted size", async () => {
    await sandbox.write("a.bin", Buffer.alloc(1536));
    expect(await call("fs.size", { path: "a.bin", human: true })).toEqual({ bytes: 1536, formatted: "1.50 KB" });
  });

  test("check returns a result for a missing file", async () => {
    await sandbox.write("a.txt", "");
    expect(await call("fs.check", { path: "a.txt" })).toEqual({ exists: true, readable: true, writable: true });
    expect(await call("fs.check", { path: "missing" })).toEqual({ exists: false, readable: false, writable: false });
  });

  test("tail returns the last lines, ten by default", async () => {
    const lines = Array.from({ length: 30 }, (_, n) => `${n} ü`);
    await sandbox.write("log", `${lines.join("\r\n")}\r\n`);
    expect(await call("fs.tail", { path: "log" })).toEqual(lines.slice(-10));
    expect(await call("fs.tail", { path: "log", lines: 2 })).toEqual(lines.slice(-2));
  });

  test("diff-files compares lines by number, whatever their line ends", async () => {
    await sandbox.write("a", "same\r\nold\n\nmore\n");
    await sandbox.write("b", "same\nnew\n");
    expect(await call("fs.diff-files", { a: "a", b: "b" })).toEqual([
      { line: 2, file_a: "old", file_b: "new" },
      { line: 4, file_a: "more", file_b: "" },
    ]);
    expect(await call("fs.diff-files", { a: "a", b: "a" })).toEqual([]);
  });
});

/** Pseudo-random bytes: the same in every run, without repetition. */
function randomBytes(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0, seed = 1; at < length; at += 1) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    bytes[at] = seed >> 16;
  }
  return bytes;
}
