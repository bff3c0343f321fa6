import { chmod, readFile, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { brotliDecompressSync, gunzipSync, gzipSync, zstdDecompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { useSandbox } from "../../support/sandbox.ts";
import { callIn, failureIn } from "../fs/in-process.ts";
import { folderState } from "./folder-state.ts";

const sandbox = useSandbox();

describe("the compression format", () => {
  test.each([
    ["f.gz", undefined, gunzipSync],
    ["f.anything", undefined, gunzipSync],
    ["f.br", undefined, brotliDecompressSync],
    ["f.zst", undefined, zstdDecompressSync],
    ["f.br", "gzip", gunzipSync],
    ["f.gz", "zstd", zstdDecompressSync],
  ] as const)(
    "for %s with the format parameter %s is the parameter, or else follows the file name",
    async (dest, format, expand) => {
      await sandbox.write("f", "contents");
      await callIn(sandbox, "archive.compress", { src: "f", dest, format });
      expect(expand(await readFile(sandbox.path(dest))).toString()).toBe("contents");
      await callIn(sandbox, "archive.decompress", { src: dest, dest: "back", format });
      expect(await sandbox.read("back")).toBe("contents");
    },
  );

  test("is detected from the content rather than from the name", async () => {
    await sandbox.write("f.br", gzipSync("contents"));
    await callIn(sandbox, "archive.decompress", { src: "f.br", dest: "back" });
    expect(await sandbox.read("back")).toBe("contents");
  });
});

test("the valid levels depend on the format", async () => {
  await sandbox.write("f", "contents");
  const error = await failureIn(sandbox, "archive.compress", { src: "f", dest: "f.gz", level: 19 });
  expect(error.code).toBe("INVALID_PARAMS");
  await callIn(sandbox, "archive.compress", { src: "f", dest: "f.zst", level: 19 });
  expect(Object.keys(folderState(sandbox.root)).sort()).toEqual(["f", "f.zst"]);
});

describe("a failed command changes nothing", () => {
  test.each([
    ["cut short", gzipSync("x".repeat(1_000)).subarray(0, -4), "INVALID_DATA"],
    ["damaged", Buffer.concat([gzipSync("x").subarray(0, -8), Buffer.alloc(8)]), "INVALID_DATA"],
    ["not compressed", Buffer.from("plain text"), "INVALID_DATA"],
    ["empty", Buffer.alloc(0), "INVALID_DATA"],
    ["a bomb", gzipSync(Buffer.alloc(50_000_000)), "TOO_LARGE"],
  ])("when the contents are %s", async (_title, contents, code) => {
    await sandbox.write("f", contents);
    await sandbox.write("dest", "old");
    const before = folderState(sandbox.root);
    const error = await failureIn(sandbox, "archive.decompress", { src: "f", dest: "dest", maxBytes: 1_000_000 });
    expect(error.code).toBe(code);
    expect(error.message).toContain(sandbox.path("f"));
    expect(folderState(sandbox.root)).toEqual(before);
  });

  test("when source and destination are the same file, even through a symbolic link", async () => {
    await sandbox.write("f", "contents");
    await symlink("f", sandbox.path("l"));
    for (const dest of ["f", "l"]) {
      expect((await failureIn(sandbox, "archive.compress", { src: "f", dest })).code).toBe("INVALID_PARAMS");
    }
    expect(await sandbox.read("f")).toBe("contents");
  });
});

test("a new file gets the mode of its source, so that a secret file stays secret", async () => {
  await sandbox.write("f", "secret");
  await chmod(sandbox.path("f"), 0o600);
  await callIn(sandbox, "archive.compress", { src: "f", dest: "f.gz" });
  expect((await stat(sandbox.path("f.gz"))).mode & 0o777).toBe(0o600);
});

test("a file larger than one chunk is restored completely", async () => {
  await writeFile(sandbox.path("f"), "start");
  await truncate(sandbox.path("f"), 20_000_000);
  const { written } = await callIn(sandbox, "archive.compress", { src: "f", dest: "f.gz" });
  expect(written).toBeLessThan(100_000);
  await callIn(sandbox, "archive.decompress", { src: "f.gz", dest: "back" });
  expect((await stat(sandbox.path("back"))).size).toBe(20_000_000);
});
