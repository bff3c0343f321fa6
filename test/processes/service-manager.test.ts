import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { ServiceManager } from "../../internal/processes/service-manager.ts";
import { useNotifyReceivers } from "../support/notify-receiver.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();
const startReceiver = useNotifyReceivers();
const FIXTURE = new URL("fixtures/notifies.ts", import.meta.url).pathname;

/** A log that keeps its lines. */
function memoryLog() {
  const lines: string[] = [];
  return { lines, log: pino({ level: "trace" }, { write: (line: string) => void lines.push(line) }) };
}

describe("a message", () => {
  test.each([["a path"], ["an abstract name"]])("reaches %s, from this process", async (kind) => {
    const socket = kind === "a path" ? sandbox.path("notify") : `@xsys-test-${process.pid}`;
    const receiver = await startReceiver(socket);
    const manager = ServiceManager.take({ NOTIFY_SOCKET: socket }, memoryLog().log);
    manager?.tell({ READY: 1, MAINPID: process.pid, STATUS: "ten\napps" });
    manager?.tell({ STOPPING: 1 });
    expect(await receiver.next("READY")).toEqual({
      pid: process.pid,
      fields: { READY: "1", MAINPID: String(process.pid), STATUS: "ten apps" },
    });
    expect(await receiver.next("STOPPING")).toEqual({ pid: process.pid, fields: { STOPPING: "1" } });
  });

  test("is sent by systemd-notify without node:ffi", async () => {
    const socket = sandbox.path("notify");
    const receiver = await startReceiver(socket);
    const env = { ...process.env, NOTIFY_SOCKET: socket, XSYS_FFI: "off" };
    await promisify(execFile)(process.execPath, [FIXTURE], { env });
    expect((await receiver.next("READY")).fields).toMatchObject({ READY: "1", STATUS: "it runs" });
  });

  test("that nobody receives is logged once", () => {
    const { lines, log } = memoryLog();
    const manager = ServiceManager.take({ NOTIFY_SOCKET: sandbox.path("gone") }, log);
    for (let i = 0; i < 3; i++) manager?.tell({ WATCHDOG: 1 });
    expect(lines).toEqual([expect.stringContaining("cannot notify the service manager: ENOENT")]);
  });

  test.each(["relative", "/", `/${"x".repeat(107)}`, "vsock:2:1"])("to %s is refused", (socket) => {
    const { lines, log } = memoryLog();
    ServiceManager.take({ NOTIFY_SOCKET: socket }, log)?.tell({ READY: 1 });
    expect(lines).toEqual([expect.stringContaining("NOTIFY_SOCKET must be a path")]);
  });
});

test("a message waits while the queue of the receiver is full, and none is lost", async () => {
  const socket = sandbox.path("notify");
  const receiver = await startReceiver(socket);
  const manager = ServiceManager.take({ NOTIFY_SOCKET: socket }, memoryLog().log);
  const count = 2 * Number(await readFile("/proc/sys/net/unix/max_dgram_qlen", "utf8"));
  for (let i = 0; i < count; i++) manager?.tell({ N: i });
  manager?.tell({ READY: 1 });
  await receiver.next("READY");
  expect(receiver.messages.slice(0, -1).map(({ fields }) => Number(fields.N))).toEqual(Array.from(Array(count).keys()));
});

describe("the environment", () => {
  const { log } = memoryLog();

  test("keeps no variable that others would inherit", () => {
    const env = { NOTIFY_SOCKET: "/s", WATCHDOG_USEC: "3000000", WATCHDOG_PID: "1", HOME: "/" };
    ServiceManager.take(env, log);
    expect(env).toEqual({ HOME: "/" });
  });

  test("says whether and how often a sign of life is expected", () => {
    const watchdogOf = (env: NodeJS.ProcessEnv) => ServiceManager.take({ NOTIFY_SOCKET: "/s", ...env }, log)?.watchdog;
    expect(watchdogOf({ WATCHDOG_USEC: "3000000" })).toBe(3_000);
    expect(watchdogOf({ WATCHDOG_USEC: "3000000", WATCHDOG_PID: String(process.pid) })).toBe(3_000);
    expect(watchdogOf({ WATCHDOG_USEC: "3000000", WATCHDOG_PID: String(process.pid + 1) })).toBeUndefined();
    expect(watchdogOf({ WATCHDOG_USEC: "0" })).toBeUndefined();
    expect(watchdogOf({})).toBeUndefined();
  });

  test("without a socket means that nobody is to be told", () => {
    expect(ServiceManager.take({ NOTIFY_SOCKET: "" }, log)).toBeUndefined();
    expect(ServiceManager.take({}, log)).toBeUndefined();
  });
});
