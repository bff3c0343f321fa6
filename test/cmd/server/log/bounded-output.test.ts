import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { useChildren } from "../../../support/children.ts";
import { ended } from "../../../support/command-line.ts";
import { useSandbox } from "../../../support/sandbox.ts";

const sandbox = useSandbox();
const children = useChildren();
const FLOOD = fileURLToPath(new URL("../../fixtures/log-flood.ts", import.meta.url));

/** Starts a program that logs `lines` lines of 1 KiB, reports that on standard error, and exits at once or on SIGTERM. */
function flood(lines: number, { stdout = "pipe", end = false }: { stdout?: "pipe" | number; end?: boolean } = {}) {
  const words = [FLOOD, String(lines), ...(end ? ["end"] : [])];
  return children.add(spawn(process.execPath, words, { stdio: ["ignore", stdout, "pipe"] }));
}

function numbersIn(text: string): number[] {
  return text.trimEnd().split("\n").map(Number);
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

test("a reader gets all lines in order", async () => {
  const { stdout, status } = await ended(flood(500, { end: true }));
  expect(numbersIn(stdout)).toEqual(upTo(500));
  expect(status).toBe(0);
});

test("a reader that pauses does not block the program, and later gets the number of dropped lines", async () => {
  const child = flood(20_000);
  await once(child.stderr as Readable, "data");
  const read: number[] = [];
  for await (const line of createInterface({ input: child.stdout as Readable })) {
    const [, missed] = /^dropped (\d+)$/.exec(line) ?? [];
    if (missed === undefined) read.push(Number(line));
    else {
      expect(read.length + Number(missed)).toBe(20_000);
      break;
    }
  }
  expect(read).toEqual(upTo(read.length));
  expect(read.length).toBeLessThan(3_000);
});

test.each([
  ["never reads", (_: ChildProcess) => {}],
  ["has closed the pipe", (child: ChildProcess) => child.stdout?.destroy()],
])("a reader that %s does not prevent the program from exiting", async (_title, treat) => {
  const child = flood(5_000);
  treat(child);
  await once(child.stderr as Readable, "data");
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
});

test("a file gets every line", async () => {
  const file = openSync(sandbox.path("log"), "w");
  const child = flood(3_000, { stdout: file, end: true });
  closeSync(file);
  expect(await once(child, "exit")).toEqual([0, null]);
  expect(numbersIn(await sandbox.read("log"))).toEqual(upTo(3_000));
});

test.runIf(process.platform === "linux")("on a full disk only the log lines are lost", async () => {
  const full = openSync("/dev/full", "w");
  const child = flood(100, { stdout: full, end: true });
  closeSync(full);
  expect(await once(child, "exit")).toEqual([0, null]);
});
