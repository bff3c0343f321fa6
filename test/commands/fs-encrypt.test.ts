import { chmod, readdir, readFile, stat, truncate } from "node:fs/promises";
import { expect, test } from "vitest";
import { threeWays } from "./three-ways.ts";

const CONTENTS = Buffer.from(Array.from({ length: 2_500_000 }, (_, i) => (i * 13 + (i >> 7)) & 255));
const key = "correct horse";

threeWays("fs encryption", ({ call, failure, sandbox }) => {
  const bytes = () => readFile(sandbox.path("file"));

  let sealedOnce: Buffer | undefined;
  /** An encrypted file. It is encrypted once, because deriving a key is slow on purpose. */
  async function sealed(): Promise<Buffer> {
    if (sealedOnce === undefined) {
      await sandbox.write("file", "some contents");
      await call("fs.encrypt", { path: "file", key });
      sealedOnce = await bytes();
    }
    return sealedOnce;
  }

  test.each([
    ["fs.encrypt", "fs.decrypt"],
    ["fs.hardware-encrypt", "fs.hardware-decrypt"],
  ] as const)("%s encrypts a file, and %s restores it with its mode", async (encrypt, decrypt) => {
    await sandbox.write("file", CONTENTS);
    await chmod(sandbox.path("file"), 0o640);
    await call(encrypt, { path: "file", key });
    const encrypted = await bytes();
    expect(encrypted.length).toBe(CONTENTS.length + 56);
    expect(encrypted.includes(CONTENTS.subarray(0, 16))).toBe(false);
    await call(decrypt, { path: "file", key });
    expect((await bytes()).equals(CONTENTS)).toBe(true);
    expect((await stat(sandbox.path("file"))).mode & 0o777).toBe(0o640);
    expect(await readdir(sandbox.root)).toEqual(["file"]);
  });
  test("an empty file can be encrypted, also repeatedly with different secrets, and the output always differs", async () => {
    await sandbox.write("file", "");
    await sandbox.write("other", "");
    await call("fs.encrypt", { path: "file", key });
    await call("fs.encrypt", { path: "other", key });
    expect((await bytes()).equals(await readFile(sandbox.path("other")))).toBe(false);
    await call("fs.encrypt", { path: "file", key: "second 🔑" });
    await call("fs.decrypt", { path: "file", key: "second 🔑" });
    await call("fs.decrypt", { path: "file", key });
    expect(await bytes()).toHaveLength(0);
  });
  test.each([
    ["a wrong secret", (bytes: Buffer) => bytes, "wrong", "secret is wrong"],
    ["a changed byte of content", (bytes: Buffer) => flip(bytes, 45), key, "damaged"],
    ["a changed salt", (bytes: Buffer) => flip(bytes, 12), key, "damaged"],
    ["a changed tag", (bytes: Buffer) => flip(bytes, bytes.length - 1), key, "damaged"],
    ["a header with an excessive cost", (bytes: Buffer) => set(bytes, 9, 40), key, "header is damaged"],
    ["a header with a cost of zero", (bytes: Buffer) => set(bytes, 10, 0), key, "header is damaged"],
    ["another flag", (bytes: Buffer) => set(bytes, 8, 1), key, "hardware-decrypt"],
    ["truncated content", (bytes: Buffer) => bytes.subarray(0, 50), key, "truncated"],
    ["a truncated header", (bytes: Buffer) => bytes.subarray(0, 20), key, "truncated"],
    ["a last byte missing", (bytes: Buffer) => bytes.subarray(0, -1), key, "damaged"],
    ["a file that is not encrypted", () => Buffer.from("just text"), key, "not made by fs.encrypt"],
    ["an empty file", () => Buffer.alloc(0), key, "not made by fs.encrypt"],
  ])("decrypt of %s is INVALID_DATA and leaves the file unchanged", async (_, spoil, secret, why) => {
    const spoilt = spoil(await sealed());
    await sandbox.write("file", spoilt);
    const error = await failure("fs.decrypt", { path: "file", key: secret });
    expect(error.code).toBe("INVALID_DATA");
    expect(error.message).toContain(why);
    expect((await bytes()).equals(spoilt)).toBe(true);
    expect(await readdir(sandbox.root)).toEqual(["file"]);
  });
  test("a file encrypted with one command is refused by the other command's decryption", async () => {
    await sandbox.write("plain", "p");
    await sandbox.write("bound", "b");
    await call("fs.encrypt", { path: "plain", key });
    await call("fs.hardware-encrypt", { path: "bound", key });
    expect((await failure("fs.hardware-decrypt", { path: "plain", key })).message).toContain("fs.decrypt");
    expect((await failure("fs.decrypt", { path: "bound", key })).message).toContain("fs.hardware-decrypt");
  });
  test("hardware-decrypt with a wrong secret leaves the file unchanged", async () => {
    await sandbox.write("file", "x");
    await call("fs.hardware-encrypt", { path: "file", key });
    const encrypted = await bytes();
    expect((await failure("fs.hardware-decrypt", { path: "file", key: "no" })).code).toBe("INVALID_DATA");
    expect((await bytes()).equals(encrypted)).toBe(true);
  });
  test("a file larger than one key may encrypt is refused", async () => {
    await sandbox.write("file", "");
    await truncate(sandbox.path("file"), 2 ** 36 - 31); // a hole, which takes no disk space
    const error = await failure("fs.encrypt", { path: "file", key });
    expect(error.code).toBe("TOO_LARGE");
    expect(await readdir(sandbox.root)).toEqual(["file"]);
  });
});

function flip(bytes: Buffer, at: number): Buffer {
  return set(bytes, at, (bytes[at] ?? 0) ^ 1);
}

function set(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = value;
  return copy;
}
