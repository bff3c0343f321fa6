import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { portableProcessTable } from "../../internal/facts/process-table.ts";
import { bootId, exists, exitStatusOf, identityOf, isRunning } from "../../internal/processes/identity.ts";
import { blockUntilZombie } from "../support/block.ts";
import { FOREVER, useShells } from "../support/shells.ts";
import { signalProcess } from "../support/signal-process.ts";

const FIXTURE = new URL("fixtures/as-nobody.ts", import.meta.url).pathname;
const NO_PROCESS = 4_194_305; // above the kernel's limit of pids
const shells = useShells();

test("a process is identified by its pid and the time of its start", async () => {
  const { identity } = await shells.shell(FOREVER);
  expect(identityOf(identity.pid)).toEqual(identity);
  expect(exists(identity)).toBe(true);
  expect(isRunning(identity)).toBe(true);
  expect(identity.start).toBeGreaterThanOrEqual(identityOf(process.pid)?.start ?? Number.POSITIVE_INFINITY);
});

test("another process with the same pid is not running", async () => {
  const { identity } = await shells.shell(FOREVER);
  const earlier = { ...identity, start: identity.start - 1 };
  expect(exists(earlier)).toBe(false);
  expect(isRunning(earlier)).toBe(false);
});

test("a pid without a process has no identity", () => {
  expect(identityOf(NO_PROCESS)).toBeUndefined();
  expect(identityOf(0)).toBeUndefined();
  expect(isRunning({ pid: NO_PROCESS, start: 1 })).toBe(false);
});

test("a zombie exists and is not running; its status can be read", async () => {
  const { child } = await shells.family("trap 'exit 7' TERM", "exec sleep 60");
  expect(exitStatusOf(child)).toBeUndefined();
  signalProcess(child.pid, "SIGTERM");
  blockUntilZombie(child);
  expect(exists(child)).toBe(true);
  expect(isRunning(child)).toBe(false);
  expect(exitStatusOf(child)).toBe(7 << 8);
  expect(exitStatusOf({ ...child, start: child.start - 1 })).toBeUndefined();
});

test("another user's zombie has no status, where the kernel shows 0", async () => {
  const { child } = await shells.family("trap 'exit 7' TERM", "exec sleep 60");
  signalProcess(child.pid, "SIGTERM");
  blockUntilZombie(child);
  const { stdout } = await promisify(execFile)(process.execPath, [FIXTURE, "status", JSON.stringify(child)]);
  const ownStatus = process.getuid?.() === 0 ? undefined : 7 << 8; // without root, the fixture is the same user
  expect(JSON.parse(stdout)).toEqual({ exists: true, status: ownStatus });
});

test("the boot has an identifier", () => {
  expect(bootId()).toBe(readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
  expect(bootId()).toMatch(/^[0-9a-f-]{36}$/);
});

test("on other systems only existing pids are told from others", async () => {
  const { identity } = await shells.shell(FOREVER);
  expect(portableProcessTable.lifeOf(identity.pid)).toEqual({ state: "R", parent: 0, group: 0, start: 0 });
  expect(portableProcessTable.lifeOf(1)).toEqual({ state: "R", parent: 0, group: 0, start: 0 });
  expect(portableProcessTable.lifeOf(NO_PROCESS)).toBeUndefined();
  expect(portableProcessTable.exitStatusOf(identity.pid)).toBeUndefined();
  expect(portableProcessTable.withVariable("PATH", process.env.PATH ?? "")).toEqual([]);
});
