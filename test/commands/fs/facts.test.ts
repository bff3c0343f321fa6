import { createHash } from "node:crypto";
import { type Stats, statSync } from "node:fs";
import { link, mkdir, symlink, truncate } from "node:fs/promises";
import { expect, test } from "vitest";
import { fileStats } from "../../../internal/files/file-stats.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { callIn } from "./in-process.ts";

const sandbox = useSandbox();

test("created is the oldest known time on file systems without birth times", async () => {
  const stats: Stats = statSync(await sandbox.write("a", ""));
  const times = { birthtimeMs: 0, mtimeMs: 2_000_900, ctimeMs: 3_000_000, atimeMs: 4_000_000 };
  expect(fileStats(Object.assign(stats, times))).toMatchObject({ created: 2_000, modified: 2_000, accessed: 4_000 });
  expect(fileStats(Object.assign(stats, { birthtimeMs: 5_000_000 })).created).toBe(5_000);
});

test.each([
  [0, "0 B"],
  [512, "512 B"],
  [1023, "1023 B"],
  [1024, "1.00 KB"],
  [1536, "1.50 KB"],
  [1024 ** 2 - 1, "1.00 MB"],
  [1024 ** 3 * 2.25, "2.25 GB"],
  [1024 ** 4 * 3, "3.00 TB"],
])("a size of %d bytes is %s", async (bytes, formatted) => {
  await truncate(await sandbox.write("a.bin", ""), bytes);
  expect(await callIn(sandbox, "fs.size", { path: "a.bin" })).toEqual({ bytes, formatted });
});

test("check reports impossible paths and dangling symbolic links as missing", async () => {
  await mkdir(sandbox.path("folder"));
  await sandbox.write("a.txt", "");
  await link(sandbox.path("a.txt"), sandbox.path("b.txt"));
  await symlink("a.txt", sandbox.path("link"));
  await symlink("missing", sandbox.path("dangling"));
  await symlink("loop", sandbox.path("loop"));
  const answer = (is: boolean) => ({ exists: is, readable: is, writable: is });
  for (const path of [".", "folder", "b.txt", "link"]) {
    expect(await callIn(sandbox, "fs.check", { path })).toEqual(answer(true));
  }
  for (const path of ["missing", "a.txt/below", "dangling", "loop", "n".repeat(256)]) {
    expect(await callIn(sandbox, "fs.check", { path })).toEqual(answer(false));
  }
});

test("verify ignores the case of a digest, and uses the given algorithm", async () => {
  await sandbox.write("a.txt", "abc");
  const digest = (algorithm: string) => createHash(algorithm).update("abc").digest("hex");
  const verify = (hash: string, algorithm?: "md5") => callIn(sandbox, "fs.verify", { path: "a.txt", hash, algorithm });
  expect(await verify(digest("sha256").toUpperCase())).toEqual({ valid: true });
  expect(await verify(digest("md5"), "md5")).toEqual({ valid: true });
  expect(await verify(digest("md5"))).toEqual({ valid: false });
  expect(await verify("not hex")).toEqual({ valid: false });
});
