import { existsSync, readFileSync, truncateSync } from "node:fs";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { PackedFiles } from "../../../internal/commands/archive/tasks/packed-files.ts";
import { packingList } from "../../../internal/commands/archive/tasks/packing-list.ts";
import { tarBlocks } from "../../../internal/commands/archive/tasks/tar-blocks.ts";
import { zipBlocks } from "../../../internal/commands/archive/tasks/zip-blocks.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { callIn, failureIn } from "../fs/in-process.ts";

const sandbox = useSandbox();
const MIB = 1_048_576;
/** Its reported size is 4,096 bytes; its content is a few bytes. */
const SHORT = "/sys/devices/system/cpu/online";
/** Their reported size is 0 bytes; the content of the second is megabytes. */
const [UNTOLD, LARGE] = ["/proc/version", "/proc/kallsyms"];

const PACKERS = {
  tar: (name: string, files: PackedFiles, pause: () => undefined) =>
    tarBlocks(packingList("archive.tar", sandbox.path(name), sandbox.path("x")), files, pause),
  zip: (name: string, files: PackedFiles, pause: () => undefined) =>
    zipBlocks(packingList("archive.zip", sandbox.path(name), sandbox.path("x")), { level: 6, files, pause }),
};

/** Packs a directory in which one file is 3 MiB, and calls `happens` when packing of that file has begun. */
async function packWhile(kind: "tar" | "zip", happens: (path: string) => void): Promise<PackedFiles> {
  await sandbox.write("src/1-first", "first");
  const path = await sandbox.write("src/2-large", Buffer.alloc(3 * MIB, "x"));
  await sandbox.write("src/3-last", "last");
  const files = new PackedFiles(`archive.${kind}`);
  let pauses = 0;
  // One pause per entry. The large file is the third entry, so the fourth pause is within its content.
  const pause = () => void (++pauses === 4 && happens(path));
  await writeFile(sandbox.path("x"), Buffer.concat(await Array.fromAsync(PACKERS[kind]("src", files, pause))));
  await callIn(sandbox, kind === "tar" ? "archive.untar" : "archive.unzip", { archive: "x", dest: "out" });
  expect(await sandbox.read("out/src/1-first")).toBe("first");
  expect(await sandbox.read("out/src/3-last")).toBe("last");
  return files;
}

describe.each(["tar", "zip"] as const)("archive.%s", (kind) => {
  test("stores what is left of a file that shrinks, completes the archive and reports the file", async () => {
    const files = await packWhile(kind, (path) => truncateSync(path, 1_500_000));
    const stored = await readFile(sandbox.path("out/src/2-large"));
    const expected = Buffer.alloc(kind === "tar" ? 3 * MIB : 1_500_000).fill("x", 0, 1_500_000);
    expect(stored.equals(expected)).toBe(true);
    const told = { code: "INVALID_DATA", message: expect.stringContaining("src/2-large (1500000 of 3145728 bytes)") };
    expect(() => files.refuseShorter("x")).toThrow(expect.objectContaining(told));
  });

  test("stores at least the original bytes of a file that grows", async () => {
    const files = await packWhile(kind, (path) => truncateSync(path, 4 * MIB));
    const stored = await readFile(sandbox.path("out/src/2-large"));
    expect(stored.length).toBe((kind === "tar" ? 3 : 4) * MIB);
    files.refuseShorter("x");
  });

  test.skipIf(!existsSync(UNTOLD))("stores files of /proc completely", async () => {
    for (const path of [UNTOLD, LARGE].filter(existsSync)) {
      const name = path.slice("/proc/".length);
      await callIn(sandbox, `archive.${kind}`, { dir: path, output: "x" });
      await callIn(sandbox, `archive.un${kind}`, { archive: "x", dest: "out" });
      expect((await readFile(sandbox.path("out", name))).equals(readFileSync(path)), path).toBe(true);
    }
  });

  test.skipIf(!existsSync(SHORT))(
    "stores the content of a file of /sys and reports that it is shorter than its size",
    async () => {
      const error = await failureIn(sandbox, `archive.${kind}`, { dir: SHORT, output: "x" });
      expect(error).toMatchObject({ code: "INVALID_DATA", details: { shorter: [{ path: SHORT, size: 4_096 }] } });
      await callIn(sandbox, `archive.un${kind}`, { archive: "x", dest: "out" });
      expect(await sandbox.read("out/online")).toBe(readFileSync(SHORT, "utf8"));
    },
  );

  test("stores files below, at and above the size of one read", async () => {
    for (const size of [0, 1, MIB - 1, MIB, MIB + 1]) await sandbox.write(`src/${size}`, Buffer.alloc(size, "y"));
    await appendFile(sandbox.path("src/1"), "");
    await callIn(sandbox, `archive.${kind}`, { dir: "src", output: "x" });
    await callIn(sandbox, `archive.un${kind}`, { archive: "x", dest: "out" });
    for (const size of [0, 1, MIB - 1, MIB, MIB + 1]) {
      expect((await readFile(sandbox.path(`out/src/${size}`))).equals(Buffer.alloc(size, "y"))).toBe(true);
    }
  });
});
