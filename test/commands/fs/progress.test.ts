import { truncate } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Client, connect } from "../../../clients/typescript/index.ts";
import type { Service } from "../../../internal/host/service.ts";
import type { Progress } from "../../../protocol/wire/event-stream.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { startTestService } from "../../support/service.ts";

const sandbox = useSandbox();
let service: Service;
let xsys: Client;

beforeEach(async () => {
  service = await startTestService({ root: sandbox.root });
  xsys = await connect({ socket: service.socket });
});
afterEach(async () => {
  xsys.close();
  service.stop(true);
  await service.ended;
});

/** What a call told of its progress, which never went back, before it answered. */
async function progressOf(call: (options: { onProgress: (progress: Progress) => void }) => Promise<unknown>) {
  const told: Progress[] = [];
  let answered = false;
  await call({
    onProgress: (progress) => {
      expect(answered).toBe(false);
      expect(progress.done).toBeGreaterThanOrEqual(told.at(-1)?.done ?? 0);
      told.push(progress);
    },
  });
  answered = true;
  return { first: told[0], last: told.at(-1), count: told.length };
}

async function tree(folders: number): Promise<void> {
  for (let folder = 0; folder < folders; folder++) {
    await sandbox.write(`tree/${folder}/a`, `${folder}`);
    await sandbox.write(`tree/${folder}/b`, `${folder}`);
  }
}

test("hashing tells bytes of the whole, block by block, and at last all", async () => {
  const bytes = 200 * 1_048_576; // as long as two reports are apart, or more
  await truncate(await sandbox.write("large", ""), bytes);
  const { first, last, count } = await progressOf((options) => xsys.fs.hash({ path: "large" }, options));
  expect(first).toEqual({ done: 1_048_576, total: bytes, unit: "bytes" });
  expect(last).toEqual({ done: bytes, total: bytes, unit: "bytes" });
  expect(count).toBeLessThan(200);
});

test("copying a tree tells files of all, over all of its threads", async () => {
  await tree(100);
  const { first, last } = await progressOf((options) => xsys.fs.copy({ src: "tree", dest: "copy" }, options));
  expect(first).toMatchObject({ total: 200, unit: "files", item: expect.stringContaining("tree/") });
  expect(last).toEqual({ done: 200, total: 200, unit: "files" });
});

test("copying a file tells its bytes", async () => {
  await sandbox.write("a.txt", "hello");
  const { last } = await progressOf((options) => xsys.fs.copy({ src: "a.txt", dest: "b.txt" }, options));
  expect(last).toEqual({ done: 5, total: 5, unit: "bytes" });
});

test("bringing up to date counts what it skips", async () => {
  await tree(3);
  await xsys.fs.sync({ src: "tree", dest: "copy" });
  const { last } = await progressOf((options) => xsys.fs.sync({ src: "tree", dest: "copy" }, options));
  expect(last).toEqual({ done: 6, total: 6, unit: "files" });
});

test("finding copies tells bytes of all that may be alike, down to the last", async () => {
  await sandbox.write("a", Buffer.alloc(3_000_000, "x"));
  await sandbox.write("b", Buffer.alloc(3_000_000, "x"));
  await sandbox.write("of-the-same-size", Buffer.alloc(3_000_000, "y"));
  await sandbox.write("alone", "z");
  const { last } = await progressOf((options) => xsys.fs.dedupe({ path: "." }, options));
  expect(last).toMatchObject({ done: 9_000_000, total: 9_000_000, unit: "bytes" });
});

test("who does not ask is told nothing, and answered the same", async () => {
  await sandbox.write("a.txt", "hello");
  const { hash } = await xsys.fs.hash({ path: "a.txt" });
  expect(hash).toMatch(/^2cf24dba/);
});

test("searching tells files, over all of its threads", async () => {
  await tree(900); // more than one thread takes by itself
  const { first, last } = await progressOf((options) => xsys.search.grep({ pattern: "77", path: "tree" }, options));
  expect(first).toMatchObject({ unit: "files", item: expect.stringMatching(/^\d+\/[ab]$/) });
  expect(last).toEqual({ done: 1_800, total: 1_800, unit: "files" });
});

test("packing tells bytes of all files", async () => {
  await tree(10);
  await sandbox.write("tree/large", Buffer.alloc(5_000_000, "x"));
  const { last } = await progressOf((options) => xsys.archive.tar({ dir: "tree", output: "tree.tar" }, options));
  expect(last).toEqual({ done: 5_000_020, total: 5_000_020, unit: "bytes" });
});
