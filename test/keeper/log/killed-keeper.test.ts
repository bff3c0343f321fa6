import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { readLog } from "../../../internal/apps/log/read-log.ts";
import type { LogWriterOptions } from "../../../internal/keeper/log/log-writer.ts";
import { useChildren } from "../../support/children.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();
const children = useChildren();
const programs: number[] = [];

afterEach(() => {
  for (const program of programs.splice(0)) killIfRunning(program);
});

function killIfRunning(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // it has ended
  }
}

const fixture = (file: string) => fileURLToPath(new URL(`fixtures/${file}`, import.meta.url));

interface Options extends Partial<LogWriterOptions> {
  readonly dieAt?: readonly ["before" | "after", number];
}

/** Starts a keeper; the first one with the program. Resolves when it reads the pipes. */
async function keeper(options: Options, command: readonly string[] = []): Promise<ChildProcess> {
  const all = { folder: sandbox.path("log"), name: "web", maxSize: 2_000_000, maxFiles: 1_000, ...options };
  await mkdir(sandbox.path("run"), { recursive: true });
  const child = children.add(
    spawn(process.execPath, [fixture("log-keeper.ts"), JSON.stringify(all), sandbox.path("run"), ...command], {
      stdio: ["ignore", "pipe", "inherit"],
    }),
  );
  const [line] = await once(child.stdout.setEncoding("utf8"), "data");
  if (command.length > 0) programs.push(Number(line));
  return child;
}

const ended = async (child: ChildProcess) => child.exitCode ?? child.signalCode ?? (await once(child, "exit"));

async function texts(): Promise<string[]> {
  const records = await Array.fromAsync(readLog({ folder: sandbox.path("log"), name: "web" }));
  return records.map(({ line }) => line);
}

const numberOf = (line: string) => Number.parseInt(line, 10);

const printer = (count: number) => [process.execPath, fixture("numbered-printer.ts"), String(count)];
const COUNT = 100_000;

describe("an app that prints 50,000 lines a second, some of 66 KB", () => {
  test("has each line once and in order in the rotated files, and the pipe is removed when it ends", async () => {
    expect(await ended(await keeper({}, printer(COUNT)))).toEqual([0, null]);
    expect((await texts()).map(numberOf)).toEqual(Array.from({ length: COUNT }, (_, n) => n));
    expect(readdirSync(sandbox.path("log")).length).toBeGreaterThan(5);
    expect(readdirSync(sandbox.path("run"))).toEqual([]);
  });

  test("goes on while its keeper is killed three times, and loses at most the bound", async () => {
    let current = await keeper({}, printer(COUNT));
    const followed: number[] = [];
    const killAt = [20_000, 40_000, 60_000];
    for await (const { line } of readLog({ folder: sandbox.path("log"), name: "web", follow: true })) {
      followed.push(numberOf(line));
      if (followed.at(-1) === COUNT - 1) break;
      if (followed.length < (killAt[0] ?? Number.POSITIVE_INFINITY)) continue;
      killAt.shift();
      current.kill("SIGKILL");
      await ended(current);
      current = await keeper({});
    }
    await ended(current);
    expect(killAt).toEqual([]);
    expect((await texts()).map(numberOf)).toEqual(followed);
    expectGaps(followed, 3);
    expect(readdirSync(sandbox.path("run"))).toEqual([]);
  });
});

/** At most this many gaps, each of at most one read and the line that it ended. */
function expectGaps(found: readonly number[], most: number): void {
  const gaps: number[] = [];
  found.forEach((number, n) => {
    const expected = n === 0 ? 0 : (found[n - 1] as number) + 1;
    if (number < expected) throw new Error(`${number} is doubled or out of order`);
    if (number > expected) gaps.push(number - expected);
  });
  expect(found.at(-1)).toBe(COUNT - 1);
  expect(gaps.length).toBeLessThanOrEqual(most);
  // The shortest lines have 63 bytes.
  for (const gap of gaps) expect(gap).toBeLessThanOrEqual(65_536 / 63 + 1);
}

/** A program that prints one text after the other, each when the file `goN` is there. */
function stepwise(...texts: readonly string[]): string[] {
  const steps = texts.map((text, n) => `until [ -e ${sandbox.path(`go${n}`)} ]; do sleep 0.02; done; printf '${text}'`);
  return ["sh", "-c", steps.join("; ")];
}

const step = (n: number) => sandbox.write(`go${n}`, "");

/** The lines that have begun, as the next keeper finds them: after their length in eight digits. */
async function savedLines(): Promise<string[]> {
  const files = readdirSync(sandbox.path("run")).filter((file) => file.endsWith(".rest"));
  const texts = await Promise.all(files.map((file) => sandbox.read(`run/${file}`)));
  return texts.map((text) => text.slice(8, 8 + Number(text.slice(0, 8))));
}

describe("a keeper that is killed", () => {
  test.for([
    ["before a write loses what it had read, with the line that this ended", ["before", 2], ["one", "four"]],
    ["after a write loses nothing", ["after", 2], ["one", "two", "three", "four"]],
  ] as const)("%s", async ([, dieAt, expected]) => {
    const first = await keeper({ dieAt }, stepwise("one\\ntw", "o\\nthree\\n", "four\\n"));
    await step(0);
    await expect.poll(savedLines).toEqual(["tw"]);
    await step(1);
    expect(await ended(first)).toEqual([null, "SIGKILL"]);
    const second = await keeper({});
    await step(2);
    await ended(second);
    expect(await texts()).toEqual(expected);
  });

  test("has saved a line that had begun, and the next one goes on with it", async () => {
    const first = await keeper({}, stepwise("begun", " and", " ended\\n", "last"));
    await step(0);
    await expect.poll(savedLines).toEqual(["begun"]);
    first.kill("SIGKILL");
    await ended(first);
    await step(1);
    const second = await keeper({});
    await expect.poll(savedLines).toEqual(["begun and"]);
    second.kill("SIGKILL");
    await ended(second);
    const third = await keeper({});
    await step(2);
    await expect.poll(texts).toEqual(["begun and ended"]);
    await step(3);
    await ended(third);
    expect(await texts()).toEqual(["begun and ended", "last"]);
    expect(readdirSync(sandbox.path("run"))).toEqual([]);
  });

  test("loses nothing that is printed before the next one starts, as long as it fits into the pipe", async () => {
    const first = await keeper({}, stepwise("one\\n", "two\\n", "three\\n"));
    await step(0);
    await expect.poll(texts).toEqual(["one"]);
    first.kill("SIGKILL");
    await ended(first);
    await step(1);
    const second = await keeper({});
    await expect.poll(texts).toEqual(["one", "two"]);
    await step(2);
    await ended(second);
    expect(await texts()).toEqual(["one", "two", "three"]);
  });

  test("leaves a pipe that the next one removes, if the program has ended meanwhile", async () => {
    const first = await keeper({}, stepwise("one\\nbegun", ""));
    await step(0);
    await expect.poll(savedLines).toEqual(["begun"]);
    await expect.poll(texts).toEqual(["one"]); // a begun line is saved first
    first.kill("SIGKILL");
    await ended(first);
    process.kill(programs.at(-1) as number, "SIGKILL");
    await ended(await keeper({}));
    expect(await texts()).toEqual(["one", "begun"]);
    expect(readdirSync(sandbox.path("run"))).toEqual([]);
  });
});
