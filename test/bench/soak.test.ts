import { expect, test } from "vitest";
import { ProbedProcess } from "../../bench/soak/probed-process.ts";
import { trendsOf } from "../../bench/soak/trend.ts";
import type { Vitals } from "../../bench/soak/vitals.ts";
import { connect } from "../../clients/typescript/index.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();
const VITALS: Vitals = {
  rss: 1e8,
  heap: 1e7,
  external: 1e6,
  files: [],
  threads: 11,
  listeners: 12,
  timers: 0,
  sockets: 4,
};

test.runIf(process.platform === "linux")("a soak detects files and sockets left open, and closed ones", async () => {
  const file = await sandbox.write("a.txt", "contents");
  const words = ["serve", "--socket", sandbox.path("s")];
  const started = await ProbedProcess.start(words, /listens on/, { cwd: sandbox.root });
  await using process = started.process;
  const client = await connect({ socket: sandbox.path("s") });
  const { handle } = await client.fs.open({ path: "a.txt" });
  const open = await process.vitals();
  expect(open.files).toEqual([file]);
  await client.fs.close({ handle });
  client.close();
  await expect.poll(async () => (await process.vitals()).sockets).toBeLessThan(open.sockets);
  const closed = await process.vitals();
  expect(closed.files).toEqual([]);
  expect(trendsOf(open, closed)).toEqual([]);
  expect(trendsOf(closed, open)).toEqual([`sockets from ${closed.sockets} to ${open.sockets}`, `open files: ${file}`]);
});

test("growth is reported, but not the usual variation of a program", () => {
  expect(trendsOf(VITALS, { ...VITALS, heap: 1.2e7, rss: 1.1e8, timers: 1 })).toEqual([]);
  expect(trendsOf(VITALS, { ...VITALS, heap: Number.NaN })).toEqual([]); // unknown, of an executable
  expect(trendsOf(VITALS, { ...VITALS, rss: 1.2e8, heap: 3e7, threads: 12 })).toEqual([
    "rss from 100000000 to 120000000",
    "heap from 10000000 to 30000000",
    "threads from 11 to 12",
  ]);
});
