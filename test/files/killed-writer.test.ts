import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { startXsys } from "../support/command-line.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();
const KILLS = 200;
const AT_ONCE = 8;
const SIZE = 1_048_576;
const SEED = 20_260_101;

/** A megabyte of one letter: any mixture shows. */
function contents(letter: number): Buffer {
  return Buffer.alloc(SIZE, 97 + (letter % 26));
}

function startWriter(letter: number): ChildProcess {
  const child = startXsys(["fs", "atomic-write", "a.txt"], {
    cwd: sandbox.root,
    stdio: "pipe",
    env: { ...process.env, NODE_COMPILE_CACHE: sandbox.path("compiled") }, // a start takes a third of the time
  });
  child.stdin?.on("error", () => {}); // a killed writer reads no further
  child.stdin?.end(contents(letter));
  return child;
}

/** Numbers from 0 to 1, the same ones for a seed: mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What the file holds, as the one letter it must be full of. */
async function letterOfFile(): Promise<string> {
  const bytes = await readFile(sandbox.path("a.txt"));
  expect(bytes.length).toBe(SIZE);
  expect(bytes.equals(Buffer.alloc(SIZE, bytes[0]))).toBe(true);
  return String.fromCharCode(bytes[0] ?? 0);
}

/** Milliseconds that writers take when nobody kills them, as many at once as there will be. */
async function undisturbed(): Promise<number> {
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => once(startWriter(i), "exit")));
  return performance.now() - startedAt;
}

test(`a file is whole after each of ${KILLS} kills of its writers, at any moment`, { timeout: 300_000 }, async () => {
  const random = seeded(SEED);
  await sandbox.write("a.txt", contents(0));
  await undisturbed(); // fills the cache
  const longest = 1.6 * (await undisturbed());
  const ends = { killed: 0, finished: 0 };
  const letters = new Set<string>();
  let begun = 0;
  const killOneAfterTheOther = async () => {
    while (begun < KILLS) {
      const child = startWriter(begun++);
      const exit = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
      await Promise.race([delay(random() * longest), exit]);
      child.kill("SIGKILL");
      const [, signal] = await exit;
      ends[signal === "SIGKILL" ? "killed" : "finished"]++;
      letters.add(await letterOfFile());
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, killOneAfterTheOther));
  expect(ends.killed + ends.finished).toBe(KILLS);
  expect(ends.killed).toBeGreaterThan(0);
  expect(letters.size).toBeGreaterThan(1);
});
