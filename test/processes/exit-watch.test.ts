import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readlinkSync } from "node:fs";
import { release } from "node:os";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type ProcessEnd, UNKNOWN_END } from "../../internal/processes/end.ts";
import { ExitWatch } from "../../internal/processes/exit-watch.ts";
import { identityOf } from "../../internal/processes/identity.ts";
import { block, blockUntilGone, blockUntilZombie } from "../support/block.ts";
import { FOREVER, useShells } from "../support/shells.ts";
import { signalProcess } from "../support/signal-process.ts";

const FIXTURE = new URL("fixtures/exit-watch.ts", import.meta.url).pathname;
/** Since 6.15 the kernel tells the exit status of any process. */
const [major = 0, minor = 0] = release().split(".").map(Number);
const KERNEL_TELLS = major > 6 || (major === 6 && minor >= 15);

const shells = useShells();
const watches: ExitWatch[] = [];
afterEach(() => {
  for (const watch of watches.splice(0)) watch.close();
  vi.unstubAllEnvs();
});

function newWatch(): ExitWatch {
  const watch = new ExitWatch();
  watches.push(watch);
  return watch;
}

/** Open descriptors of processes in this process. */
function pidfds(): number {
  return readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).includes("[pidfd]");
    } catch {
      return false; // the descriptor of the listing itself
    }
  }).length;
}

describe.each(["on", "off"])("with node:ffi %s", (ffi) => {
  const knows = ffi === "on" && KERNEL_TELLS;
  beforeEach(() => void vi.stubEnv("XSYS_FFI", ffi));

  test("a process that another one waits for ends", async () => {
    const { child } = await shells.family("trap 'exit 7' TERM", "wait; exec sleep 60");
    const ended = newWatch().watch(child);
    signalProcess(child.pid, "SIGTERM");
    blockUntilGone(child); // so that no check meets the zombie
    expect(await ended).toEqual(knows ? { code: 7, signal: null } : UNKNOWN_END);
  });

  test("a process that another one waits for is killed", async () => {
    const { child } = await shells.family(":", "wait; exec sleep 60");
    const ended = newWatch().watch(child);
    signalProcess(child.pid, "SIGKILL");
    blockUntilGone(child);
    expect(await ended).toEqual(knows ? { code: null, signal: "SIGKILL" } : UNKNOWN_END);
  });

  test("the status of a zombie is known, and the zombie is left to its parent", async () => {
    const { child } = await shells.family("trap 'exit 7' TERM", "exec sleep 60");
    const ended = newWatch().watch(child);
    signalProcess(child.pid, "SIGTERM");
    expect(await ended).toEqual({ code: 7, signal: null });
    expect(identityOf(child.pid)).toEqual(child);
  });

  test("a process that was a zombie before has its status", async () => {
    const { child } = await shells.family("trap 'exit 7' TERM", "exec sleep 60");
    signalProcess(child.pid, "SIGTERM");
    blockUntilZombie(child);
    expect(await newWatch().watch(child)).toEqual({ code: 7, signal: null });
  });

  test("a process that ended before it was watched has an unknown end", async () => {
    const { child } = await shells.family("trap 'exit 7' TERM", "wait; exec sleep 60");
    signalProcess(child.pid, "SIGTERM");
    blockUntilGone(child);
    expect(await newWatch().watch(child)).toEqual(UNKNOWN_END);
  });

  test("a process whose pid another one has counts as ended", async () => {
    const { identity } = await shells.shell(FOREVER);
    const watch = newWatch();
    expect(await watch.watch({ ...identity, start: identity.start - 1 })).toEqual(UNKNOWN_END);
    expect(identityOf(identity.pid)).toEqual(identity);
    expect(pidfds()).toBe(0);
  });

  test("several processes are watched at once, each with its own end; others go on", async () => {
    const families = await Promise.all(
      [3, 4, 5].map((code) => shells.family(`trap 'exit ${code}' TERM`, "exec sleep 60")),
    );
    const watch = newWatch();
    const [first, second, third] = families.map(({ child }) => ({ child, ended: watch.watch(child) }));
    if (first === undefined || second === undefined || third === undefined) throw new Error("no families");
    signalProcess(second.child.pid, "SIGTERM");
    expect(await second.ended).toEqual({ code: 4, signal: null });
    expect([first, second, third].map(({ child }) => watch.has(child))).toEqual([true, false, true]);
    for (const { child } of [first, third]) signalProcess(child.pid, "SIGTERM");
    expect(await Promise.all([first.ended, third.ended])).toEqual([
      { code: 3, signal: null },
      { code: 5, signal: null },
    ]);
    expect(pidfds()).toBe(0);
  });

  test("the same process shares one promise", async () => {
    const { identity } = await shells.shell(FOREVER);
    const watch = newWatch();
    expect(watch.watch(identity)).toBe(watch.watch({ ...identity }));
    expect(pidfds()).toBe(ffi === "on" ? 1 : 0);
    watch.close();
    expect(pidfds()).toBe(0);
    expect(watch.has(identity)).toBe(false);
  });

  test("the end of a child is reported by Node, too, even if the event loop is blocked at that time", async () => {
    const { child, identity } = await shells.shell(`trap 'exit 5' TERM; echo; ${FOREVER}`);
    await once(child.stdout as NonNullable<typeof child.stdout>, "data");
    const ended = newWatch().watch(identity);
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    blockUntilZombie(identity);
    block(1_500); // longer than a child of an earlier program is left alone
    expect(await exited).toEqual([5, null]);
    // Node may have waited for it before the first check.
    expect([{ code: 5, signal: null }, UNKNOWN_END]).toContainEqual(await ended);
  });

  test("a watch without a reference lets the process exit", async () => {
    const { identity } = await shells.shell(FOREVER);
    const args = [FIXTURE, "unref", JSON.stringify(identity)];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(stdout).toBe("watching\n");
  });
});

test("a process is watched without a descriptor if none is free", async () => {
  const { child } = await shells.family("trap 'exit 7' TERM", "exec sleep 60");
  const words = ['ulimit -n 64; exec "$@"', "sh", process.execPath, FIXTURE, "full", JSON.stringify(child)];
  const watcher = spawn("sh", ["-c", ...words], { stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  for await (const chunk of watcher.stdout) {
    lines.push(...String(chunk).trim().split("\n"));
    if (String(chunk).includes("checked")) signalProcess(child.pid, "SIGTERM");
  }
  const end: ProcessEnd = { code: 7, signal: null };
  expect(lines).toEqual(["checked: no end", JSON.stringify(end)]);
});
