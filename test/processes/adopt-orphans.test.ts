import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const FIXTURE = new URL("fixtures/adopts-orphans.ts", import.meta.url).pathname;

async function outcome(how: "watched" | "alone", XSYS_FFI: "on" | "off"): Promise<unknown> {
  const env = { ...process.env, XSYS_FFI };
  const { stdout } = await promisify(execFile)(process.execPath, [FIXTURE, how], { env });
  return JSON.parse(stdout);
}

test("an ended orphan is reaped, and the exit code of an own child is not lost", async () => {
  expect(await outcome("alone", "on")).toEqual({ isParent: true, adopted: true, code: 5 });
});

test("an orphan that is watched ends with its exit code", async () => {
  const end = { code: 3, signal: null };
  expect(await outcome("watched", "on")).toEqual({ isParent: true, adopted: true, code: 5, end });
});

test("without node:ffi orphans are not adopted", async () => {
  expect(await outcome("alone", "off")).toEqual({ isParent: false, adopted: false, code: 5 });
});
