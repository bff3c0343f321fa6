import { execFile } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { isRunning, type ProcessIdentity } from "../../internal/processes/identity.ts";
import { signalGroupOf, signalIdentity } from "../../internal/processes/signal-identity.ts";
import { blockUntilGone } from "../support/block.ts";
import { FOREVER, useShells } from "../support/shells.ts";
import { signalProcess } from "../support/signal-process.ts";

const FIXTURE = new URL("fixtures/as-nobody.ts", import.meta.url).pathname;
const shells = useShells();
afterEach(() => vi.unstubAllEnvs());

function earlier({ pid, start }: ProcessIdentity): ProcessIdentity {
  return { pid, start: start - 1 };
}

/** A process group: a shell that leads it, and its child. */
async function group(): Promise<{ leader: ProcessIdentity; member: ProcessIdentity; output: NodeJS.ReadableStream }> {
  const { child, identity } = await shells.shell(`sh -c 'echo $$; ${FOREVER}' & wait`, { detached: true });
  const output = child.stdout as NonNullable<typeof child.stdout>;
  const [line] = await once(output, "data");
  return { leader: identity, member: shells.add(Number(String(line))), output };
}

describe.each(["on", "off"])("with node:ffi %s", (ffi) => {
  beforeEach(() => void vi.stubEnv("XSYS_FFI", ffi));

  test("a process gets the signal", async () => {
    const { child, identity } = await shells.shell(FOREVER);
    const exited = once(child, "exit");
    expect(signalIdentity(identity, "SIGUSR1")).toBe(true);
    expect(await exited).toEqual([null, "SIGUSR1"]);
    expect(signalIdentity(identity, "SIGUSR1")).toBe(false);
  });

  test("another process with the same pid gets none", async () => {
    const { leader, member } = await group();
    expect(signalIdentity(earlier(leader), "SIGKILL")).toBe(false);
    expect(signalGroupOf(earlier(leader), "SIGKILL")).toBe(false);
    expect([leader, member].map(isRunning)).toEqual([true, true]);
  });

  test("all processes of a group get the signal", async () => {
    const { leader, member, output } = await group();
    output.resume();
    expect(signalGroupOf(leader, "SIGKILL")).toBe(true);
    await once(output, "close"); // both had it open; a process closes its descriptors before it is a zombie
    await expect.poll(() => [leader, member].map(isRunning)).toEqual([false, false]);
  });

  test("the rest of a group gets the signal after its leader has ended", async () => {
    const { leader, member, output } = await group();
    output.resume();
    signalProcess(leader.pid, "SIGKILL");
    await vi.waitFor(() => expect(isRunning(leader)).toBe(false), { timeout: 60_000 });
    expect(isRunning(member)).toBe(true);
    expect(signalGroupOf(leader, "SIGKILL")).toBe(true);
    await once(output, "close");
    await expect.poll(() => isRunning(member)).toBe(false);
  });

  test("a process that leads no group, and process 1, get no signal for their group", async () => {
    const { identity } = await shells.shell(FOREVER);
    expect(signalGroupOf(identity, "SIGKILL")).toBe(false);
    expect(signalGroupOf({ pid: 1, start: 0 }, "SIGCONT")).toBe(false);
    expect(isRunning(identity)).toBe(true);
  });

  test.runIf(process.getuid?.() === 0)("another user's process gets none", async () => {
    const { leader, member } = await group();
    const { stdout } = await promisify(execFile)(process.execPath, [FIXTURE, "signal", JSON.stringify(leader)]);
    expect(JSON.parse(stdout)).toEqual({ one: false, group: false });
    expect([leader, member].map(isRunning)).toEqual([true, true]);
  });
});

test("a process that has ended gets none", async () => {
  const { child } = await shells.family(":", "wait; exec sleep 60");
  signalProcess(child.pid, "SIGKILL");
  blockUntilGone(child);
  expect(signalIdentity(child, "SIGKILL")).toBe(false);
  expect(signalGroupOf(child, "SIGKILL")).toBe(false);
});
