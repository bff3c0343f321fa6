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

/** Collects the progress reports of a call. Asserts that they never decrease and all arrive before the answer. */
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

test("fs.hash reports bytes of the total, block by block, and the total at the end", async () => {
  const bytes = 200 * 1_048_576; // hashing takes at least as long as the interval between two reports
  await truncate(await sandbox.write("large", ""), bytes);
  const { first, last, count } = await progressOf((options) => xsys.fs.hash({ path: "large" }, options));
  expect(first).toEqual({ done: 1_048_576, total: bytes, unit: "bytes" });
  expect(last).toEqual({ done: bytes, total: bytes, unit: "bytes" });
  expect(count).toBeLessThan(200);
});

test("fs.copy of a tree reports files of the total, summed over all threads", async () => {
  await tree(100);
  const { first, last } = await progressOf((options) => xsys.fs.copy({ src: "tree", dest: "copy" }, options));
  expect(first).toMatchObject({ total: 200, unit: "files", item: expect.stringContaining("tree/") });
  expect(last).toEqual({ done: 200, total: 200, unit: "files" });
});

test("fs.copy of a file reports bytes", async () => {
  await sandbox.write("a.txt", "hello");
  const { last } = await progressOf((options) => xsys.fs.copy({ src: "a.txt", dest: "b.txt" }, options));
  expect(last).toEqual({ done: 5, total: 5, unit: "bytes" });
});

test("fs.sync counts skipped files as done", async () => {
  await tree(3);
  await xsys.fs.sync({ src: "tree", dest: "copy" });
  const { last } = await progressOf((options) => xsys.fs.sync({ src: "tree", dest: "copy" }, options));
  expect(last).toEqual({ done: 6, total: 6, unit: "files" });
});

test("fs.dedupe reports the bytes of all candidate files, up to the total", async () => {
  await sandbox.write("a", Buffer.alloc(3_000_000, "x"));
  await sandbox.write("b", Buffer.alloc(3_000_000, "x"));
  await sandbox.write("of-the-same-size", Buffer.alloc(3_000_000, "y"));
  await sandbox.write("alone", "z");
  const { last } = await progressOf((options) => xsys.fs.dedupe({ path: "." }, options));
  expect(last).toMatchObject({ done: 9_000_000, total: 9_000_000, unit: "bytes" });
});

test("a call without onProgress returns the same answer", async () => {
  await sandbox.write("a.txt", "hello");
  const { hash } = await xsys.fs.hash({ path: "a.txt" });
  expect(hash).toMatch(/^2cf24dba/);
});

test("search.grep reports files, summed over all threads", async () => {
  await tree(900); // more than one thread takes at once
  const { first, last } = await progressOf((options) => xsys.search.grep({ pattern: "77", path: "tree" }, options));
  expect(first).toMatchObject({ unit: "files", item: expect.stringMatching(/^\d+\/[ab]$/) });
  expect(last).toEqual({ done: 1_800, total: 1_800, unit: "files" });
});

test("archive.tar reports the bytes of all files", async () => {
  await tree(10);
  await sandbox.write("tree/large", Buffer.alloc(5_000_000, "x"));
  const { last } = await progressOf((options) => xsys.archive.tar({ dir: "tree", output: "tree.tar" }, options));
  expect(last).toEqual({ done: 5_000_020, total: 5_000_020, unit: "bytes" });
});
