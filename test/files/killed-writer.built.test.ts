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

/** One MiB of a single letter, so that any mixture is detected. */
function contents(letter: number): Buffer {
  return Buffer.alloc(SIZE, 97 + (letter % 26));
}

function startWriter(letter: number): ChildProcess {
  const child = startXsys(["fs", "atomic-write", "a.txt"], {
    cwd: sandbox.root,
    stdio: "pipe",
    env: { ...process.env, NODE_COMPILE_CACHE: sandbox.path("compiled") }, // a start takes a third of the time
  });
  child.stdin?.on("error", () => {}); // a killed writer no longer reads
  child.stdin?.end(contents(letter));
  return child;
}

/** Pseudo-random numbers between 0 and 1, determined by the seed: mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Checks that the file is full of a single letter, and returns it. */
async function letterOfFile(): Promise<string> {
  const bytes = await readFile(sandbox.path("a.txt"));
  expect(bytes.length).toBe(SIZE);
  expect(bytes.equals(Buffer.alloc(SIZE, bytes[0]))).toBe(true);
  return String.fromCharCode(bytes[0] ?? 0);
}

/** The duration of `AT_ONCE` concurrent writers in milliseconds, without kills. */
async function undisturbed(): Promise<number> {
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => once(startWriter(i), "exit")));
  return performance.now() - startedAt;
}

test(`a file is complete after each of ${KILLS} kills of its writers, at any moment`, {
  timeout: 300_000,
}, async () => {
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
