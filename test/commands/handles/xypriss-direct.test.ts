import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Service } from "../../../internal/host/service.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { startTestService } from "../../support/service.ts";
import { XyprissDirect, XyprissFileHandle } from "../../support/xypriss-direct.ts";

const sandbox = useSandbox();
let service: Service;

beforeEach(async () => {
  service = await startTestService({ root: sandbox.root });
});
afterEach(async () => {
  service.stop(true);
  await service.ended;
});

/** The numbers to which XyPriss's client maps r, r+, w and a. */
const [R, R_PLUS, W, A] = [0, 2, 577, 1089];

describe.each([
  ["a frame in one write", false],
  ["a frame's length and body in two writes", true],
])("XyPriss's direct client, with %s", (_title, inTwoWrites) => {
  test("gets responses from every module in the order of its requests", async () => {
    await sandbox.write("a.txt", "abc");
    const ipc = new XyprissDirect(service.socket, { inTwoWrites });
    const answers = await Promise.all([
      ipc.command("path", "join", { segments: ["a", "b"] }),
      ipc.command("fs", "read", { path: "a.txt" }),
      ipc.command("sys", "home-dir", {}),
      ipc.command("search", "find", { path: ".", pattern: "a\\.txt" }),
      ipc.command("service", "ping", {}),
      ipc.command("console", "get-stats", {}),
    ]);
    await ipc.close();
    expect(answers[0]).toBe("a/b");
    expect(answers[1]).toBe("abc");
    expect(answers[4].pid).toBe(process.pid);
    expect(answers[5]).toMatchObject({ data: {} });
  });

  test("gets errors for an unknown action and for malformed parameters, and stays connected", async () => {
    const ipc = new XyprissDirect(service.socket, { inTwoWrites });
    await expect(ipc.command("fs", "no-such", {})).rejects.toThrow('no command "fs.no-such"');
    await expect(ipc.command("nothing", "at-all", {})).rejects.toThrow("there is no command");
    await expect(ipc.command("fs", "open", {})).rejects.toThrow('parameter "path" is missing');
    await expect(ipc.command("fs", "open", { path: 5, flags: [] })).rejects.toThrow('parameter "path" must be string');
    await expect(ipc.command("fs", "open", "a.txt")).rejects.toThrow("params must be an object");
    await expect(ipc.command("fs", "handle-read", { handle: "x" })).rejects.toThrow("fs.handle-read");
    await expect(ipc.command("fs", "cat", { path: "/dev/null" })).rejects.toThrow("byte stream");
    expect(await ipc.command("path", "basename", { path: "a/b" })).toBe("b");
    await ipc.close();
  });
});

describe("XyPriss's FileHandle", () => {
  test("writes, seeks, reads and stats a file relative to the service's root", async () => {
    const file = await XyprissFileHandle.open(service.socket, "new.bin", 578);
    expect(await file.write(Buffer.from("hello, world"))).toBe(12);
    expect(await file.seek(-5, 2)).toBe(7);
    expect((await file.read(100)).toString()).toBe("world");
    expect(await file.read(100)).toHaveLength(0);
    expect(await file.seek(1)).toBe(1);
    expect((await file.read(4)).toString()).toBe("ello");
    expect(await file.seek(-1, 1)).toBe(4);
    const stats = await file.stat();
    expect(stats).toMatchObject({ size: 12, is_dir: false, is_file: true, permissions: 0o644 & ~process.umask() });
    expect(Math.abs(stats.modified - Date.now() / 1000)).toBeLessThan(60);
    await file.close();
    expect(await sandbox.read("new.bin")).toBe("hello, world");
  });

  test("appends at the end, whatever its read position", async () => {
    await sandbox.write("log", "one\n");
    const [first, second] = [
      await XyprissFileHandle.open(service.socket, "log", A),
      await XyprissFileHandle.open(service.socket, "log", (A & ~1) | R_PLUS),
    ];
    await first.write(Buffer.from("two\n"));
    expect((await second.read(4)).toString()).toBe("one\n");
    await second.write(Buffer.from("three\n"));
    await first.write(Buffer.from("four\n"));
    expect(await sandbox.read("log")).toBe("one\ntwo\nthree\nfour\n");
    await Promise.all([first.close(), second.close()]);
  });

  test("is known to every connection, and outlives its own", async () => {
    await sandbox.write("a.txt", "abc");
    const file = await XyprissFileHandle.open(service.socket, "a.txt", R);
    await file.vanish();
    const other = new XyprissDirect(service.socket);
    expect(await other.command("fs", "handle-read", { handle: file.fd, length: 2 })).toEqual({ content: "6162" });
    await other.command("fs", "close", { handle: file.fd });
    await expect(other.command("fs", "close", { handle: file.fd })).rejects.toThrow(`the handle ${file.fd}`);
    await other.close();
  });

  test("refuses operations that it was not opened for", async () => {
    await sandbox.write("a.txt", "abc");
    const [reading, writing] = [
      await XyprissFileHandle.open(service.socket, "a.txt", R),
      await XyprissFileHandle.open(service.socket, "b.txt", W),
    ];
    await expect(reading.write(Buffer.from("x"))).rejects.toThrow("not opened for writing");
    await expect(writing.read(1)).rejects.toThrow("not opened for reading");
    await expect(reading.seek(-1)).rejects.toThrow("there is no position -1");
    await Promise.all([reading.close(), writing.close()]);
  });
});

test("XyPriss's console is configured at startup, processes each message, and counts", async () => {
  const ipc = new XyprissDirect(service.socket);
  await expect(ipc.command("console", "intercept", { message: "a", level: "log", worker_id: 0 })).rejects.toThrow(
    "not configured; call console.update-config first",
  );
  const configuration = {
    enabled: true,
    useNative: true,
    preserveOriginal: { enabled: false },
    interceptMethods: ["log", "error"],
    performance: { maxInterceptionsPerSecond: 5 },
    encryption: { enabled: false, displayMode: "readable", keyRotation: null },
    filters: { minLevel: "debug", excludePatterns: [{}, "secret"], userAppPatterns: ["^app"], systemPatterns: [{}] },
  };
  await ipc.command("console", "update-config", configuration);
  const ask = (message: string, level: string) => ipc.command("console", "intercept", { message, level, worker_id: 3 });
  const { processed, level } = await ask("App is up", "log");
  expect(processed).toMatch(/^\d\d:\d\d:\d\d\.\d{3} \[USERAPP\]\[W3\] App is up$/);
  expect(level).toBe("log");
  expect(await ask("a SECRET", "error")).toEqual({ processed: "", level: "error" });
  expect((await ipc.command("console", "get-stats", {})).data).toEqual({ log: 1 });
  await ipc.close();
});

test("connections without any request do no harm", async () => {
  const probes = Array.from({ length: 5 }, () => connect(service.socket));
  await Promise.all(probes.map((probe) => new Promise((resolve) => probe.once("connect", resolve))));
  for (const probe of probes) probe.destroy();
  const ipc = new XyprissDirect(service.socket);
  expect(await ipc.command("path", "basename", { path: "/a/b" })).toBe("b");
  await ipc.close();
});
