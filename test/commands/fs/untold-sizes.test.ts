import { existsSync, readFileSync, statSync } from "node:fs";
import { appendFile, open, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { readWithin } from "../../../internal/commands/fs/shared/replaced.ts";
import { blocksOf } from "../../../internal/commands/fs/tasks/blocks.ts";
import lastLines from "../../../internal/commands/fs/tasks/last-lines.ts";
import sealFile from "../../../internal/commands/fs/tasks/seal-file.ts";
import unsealFile from "../../../internal/commands/fs/tasks/unseal-file.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { callIn, outputIn } from "./in-process.ts";

const sandbox = useSandbox();
/** Its reported size is 0 bytes; its content is longer. */
const UNTOLD = "/proc/version";
/** Its reported size is 4,096 bytes; its content is shorter. */
const SHORT = "/sys/devices/system/cpu/online";
const isThere = existsSync(UNTOLD) && existsSync(SHORT);
const interrupt = Int32Array.of(0);

test.skipIf(!isThere)(
  "the reported sizes of files in /proc and /sys differ from their content, as these tests require",
  () => {
    for (const path of [UNTOLD, SHORT]) expect(statSync(path).size).not.toBe(readFileSync(path).length);
  },
);

test.skipIf(!isThere).each([UNTOLD, SHORT])("split processes the whole content of %s", async (path) => {
  const contents = readFileSync(path);
  for (const bytes of [3, contents.length, 10_000]) {
    const chunks = await callIn(sandbox, "fs.split", { path, bytes, out: `out${bytes}` });
    expect(chunks).toHaveLength(Math.ceil(contents.length / bytes));
    const parts = await Promise.all(chunks.map((chunk) => readFile(sandbox.path(chunk))));
    expect(Buffer.concat(parts).equals(contents)).toBe(true);
    for (const part of parts.slice(0, -1)) expect(part).toHaveLength(bytes);
  }
});

test.skipIf(!isThere).each([UNTOLD, SHORT])(
  "commands that read files process the whole content of %s",
  async (path) => {
    const text = readFileSync(path, "utf8");
    expect(await callIn(sandbox, "fs.read", { path })).toBe(text);
    expect(await outputIn(sandbox, "fs.cat", { path })).toBe(text);
    expect(await outputIn(sandbox, "fs.cat", { path, limit: 2 })).toBe(text.slice(0, 2));
    expect(await outputIn(sandbox, "fs.cat", { path, offset: 1, limit: 2 })).toBe(text.slice(1, 3));
    expect(lastLines({ path, lines: 5, maxResult: 10_000 })).toEqual(text.split("\n").slice(0, -1));
    const { hash } = await callIn(sandbox, "fs.hash", { path });
    await sandbox.write("copy", text);
    expect(await callIn(sandbox, "fs.hash", { path: "copy" })).toEqual({ hash });
    expect(await callIn(sandbox, "fs.verify", { path, hash })).toEqual({ valid: true });
    expect(await callIn(sandbox, "fs.diff-files", { a: path, b: "copy" })).toEqual([]);
    await callIn(sandbox, "fs.merge", { dest: "merged", sources: [path, path] });
    expect(await sandbox.read("merged")).toBe(text + text);
    await callIn(sandbox, "archive.compress", { src: path, dest: "z.gz" });
    await callIn(sandbox, "archive.decompress", { src: "z.gz", dest: "back" });
    expect(await sandbox.read("back")).toBe(text);
  },
);

test("encrypt and decrypt read to the end, even of a file that grows meanwhile", async () => {
  const path = await sandbox.write("f", Buffer.alloc(1_500_000, "x"));
  const file = await open(path);
  try {
    let bytes = 0;
    for await (const block of blocksOf(file, 500_000, interrupt)) {
      if (bytes === 0) await appendFile(path, Buffer.alloc(2_000_000, "y"));
      bytes += block.length;
    }
    expect(bytes).toBe(3_000_000);
  } finally {
    await file.close();
  }
  const plain = await readFile(path);
  await sealFile({ path, secret: "s", interrupt });
  expect(statSync(path).size).toBe(plain.length + 56);
  await unsealFile({ path, secret: "s", interrupt });
  expect((await readFile(path)).equals(plain)).toBe(true);
});

test.skipIf(!isThere)("patch applies its limit to the actual content, not to the reported size", () => {
  const args = { path: "/proc/self/smaps", search: "a", replace: "b" };
  expect(() => readWithin({ ...args, limit: 100 })).toThrow(expect.objectContaining({ code: "TOO_LARGE" }));
  expect(readWithin({ ...args, path: SHORT, limit: 10_000 }).equals(readFileSync(SHORT))).toBe(true);
});
