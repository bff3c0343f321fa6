import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { appendFile, open, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { copyBlocks } from "../../../internal/commands/fs/shared/copy-blocks.ts";
import { copyContents } from "../../../internal/commands/fs/shared/copy-contents.ts";
import planCopy from "../../../internal/commands/fs/tasks/plan-copy.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { callIn } from "./in-process.ts";

const sandbox = useSandbox();
const MIB = 1_048_576;
const SIZE = 40 * MIB;
const OTHER = "/dev/shm";
const twoFileSystems = existsSync(OTHER) && statSync(OTHER).dev !== statSync("/tmp").dev;
const noPace = { pause: () => undefined };

/** A file of 40 MiB with three written pages. The third write is short and not at a page boundary. */
async function writeSparse(path: string): Promise<void> {
  const file = await open(sandbox.path(path), "w");
  await file.write(Buffer.alloc(4_096, "a"), 0, 4_096, 0);
  await file.write(Buffer.alloc(4_096, "b"), 0, 4_096, 20 * MIB);
  await file.write(Buffer.from("end"), 0, 3, 30 * MIB + 100);
  await file.truncate(SIZE);
  await file.close();
}

async function expectSparse(copy: string, source: Buffer): Promise<void> {
  const { size, blocks } = statSync(copy);
  expect(size).toBe(SIZE);
  expect(blocks * 512).toBeLessThan(MIB);
  expect((await readFile(copy)).equals(source)).toBe(true);
}

describe("holes are preserved", () => {
  test.each(["fs.copy", "fs.sync"] as const)("by %s, for a single file and in a tree", async (name) => {
    await sandbox.write("tree/sub/small", "s");
    await writeSparse("tree/sub/sparse");
    const source = readFileSync(sandbox.path("tree/sub/sparse"));
    await callIn(sandbox, name, { src: "tree/sub/sparse", dest: "copy" });
    await expectSparse(sandbox.path("copy"), source);
    await callIn(sandbox, name, { src: "tree", dest: "trees" });
    await expectSparse(sandbox.path("trees/sub/sparse"), source);
  });

  test.skipIf(!twoFileSystems)("by fs.move to another file system, and back", async () => {
    const other = mkdtempSync(join(OTHER, "xsys-test-"));
    try {
      await writeSparse("sparse");
      const source = readFileSync(sandbox.path("sparse"));
      await callIn(sandbox, "fs.move", { src: "sparse", dest: join(other, "moved") });
      await expectSparse(join(other, "moved"), source);
      await callIn(sandbox, "fs.move", { src: join(other, "moved"), dest: "back" });
      await expectSparse(sandbox.path("back"), source);
    } finally {
      rmSync(other, { recursive: true });
    }
  });

  test("in a file smaller than one read, and in a file that is only a hole", async () => {
    for (const size of [40_000, 3 * MIB]) {
      await writeFile(sandbox.path("hole"), "");
      truncateSync(sandbox.path("hole"), size);
      rmSync(sandbox.path("copy"), { force: true });
      expect((await copyContents(sandbox.path("hole"), sandbox.path("copy"), noPace)).bytes).toBe(size);
      expect(statSync(sandbox.path("copy"))).toMatchObject({ size, blocks: 0 });
    }
  });
});

describe("a file is copied to its end, whatever its reported size", () => {
  /** Copies a file of 1 MiB, and calls `happens` before the second block. */
  async function copyWhile(happens: () => unknown): Promise<number> {
    await sandbox.write("src", Buffer.alloc(MIB, "x"));
    const [from, to] = [openSync(sandbox.path("src"), "r"), openSync(sandbox.path("dest"), "wx")];
    let pauses = 0;
    const pause = () => void (++pauses === 2 && happens());
    try {
      return await copyBlocks(from, to, { size: MIB, hasHoles: false, pace: { pause } });
    } finally {
      closeSync(from);
      closeSync(to);
    }
  }

  test("when it shrinks meanwhile, where libuv's copy never ends", async () => {
    const bytes = await copyWhile(() => truncateSync(sandbox.path("src"), 1_000));
    expect([bytes, statSync(sandbox.path("dest")).size]).toEqual([262_144, 262_144]);
  });

  test("when it grows meanwhile", async () => {
    const more = MIB + 300_000;
    expect(await copyWhile(() => truncateSync(sandbox.path("src"), more))).toBe(more);
    expect(statSync(sandbox.path("dest")).size).toBe(more);
  });

  test.skipIf(!existsSync("/proc/version"))("in /proc and /sys", async () => {
    const version = readFileSync("/proc/version");
    expect(await callIn(sandbox, "fs.sync", { src: "/proc/version", dest: "copy" })).toMatchObject({
      bytes: version.length,
    });
    expect((await readFile(sandbox.path("copy"))).equals(version)).toBe(true);
    await callIn(sandbox, "fs.copy", { src: "/proc/sys/kernel/ostype", dest: "type" });
    expect(await sandbox.read("type")).toBe("Linux\n");
  });
});

test("cancelling the copy of a large file midway leaves nothing of it", async () => {
  await sandbox.write("src", Buffer.alloc(2 * MIB, "x"));
  await sandbox.write("dest", "old");
  const interrupt = new Int32Array(new SharedArrayBuffer(4));
  const progress: number[] = [];
  const job = { src: sandbox.path("src"), dest: sandbox.path("dest"), keep: { times: false, owner: false }, interrupt };
  const copying = planCopy({ ...job, skipSame: false, threads: 1 }, ({ done }) => {
    if (progress.push(done) === 3) Atomics.store(interrupt, 0, 1);
  });
  await expect(copying).rejects.toThrow("interrupted");
  expect(progress).toEqual([262_144, 524_288, 786_432]);
  expect(await sandbox.read("dest")).toBe("old");
  expect((await readdir(sandbox.root)).sort()).toEqual(["dest", "src"]);
});

test("a copy that fails midway leaves nothing at a destination that was free", async () => {
  await appendFile(sandbox.path("src"), Buffer.alloc(MIB, "x"));
  const pause = () => {
    throw new Error("no more");
  };
  await expect(copyContents(sandbox.path("src"), sandbox.path("dest"), { pause })).rejects.toThrow("no more");
  expect(await readdir(sandbox.root)).toEqual(["src"]);
});
