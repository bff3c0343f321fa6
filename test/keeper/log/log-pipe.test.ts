import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, readdirSync, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { adoptLogPipes, createLogPipe, type LogPipe } from "../../../internal/keeper/log/log-pipe.ts";
import { LogWriter } from "../../../internal/keeper/log/log-writer.ts";
import { makeFifo } from "../../../internal/keeper/log/make-fifo.ts";
import { Pace } from "../../../internal/keeper/log/pace.ts";
import { useChildren } from "../../support/children.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();
const children = useChildren();
const pipes: LogPipe[] = [];
let writer: LogWriter;

beforeEach(async () => {
  await mkdir(sandbox.path("run"));
  writer = new LogWriter({ folder: sandbox.path("log"), name: "web", maxSize: 5_000_000, maxFiles: 2 });
});

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const pipe of pipes.splice(0)) pipe.close();
  await writer.close();
});

const run = () => readdirSync(sandbox.path("run"));
const logged = () => writer.tail("0").map(({ stream, line }) => `${stream} ${line}`);

/** Starts a shell command with both streams in pipes. */
function start(command: string) {
  const [out, err] = (["stdout", "stderr"] as const).map((stream) =>
    createLogPipe(sandbox.path("run"), { clone: "0", stream }, writer),
  ) as [ReturnType<typeof createLogPipe>, ReturnType<typeof createLogPipe>];
  pipes.push(out.pipe, err.pipe);
  const child = children.add(spawn("sh", ["-c", command], { stdio: ["pipe", out.descriptor, err.descriptor] }));
  closeSync(out.descriptor);
  closeSync(err.descriptor);
  return { child, out: out.pipe, err: err.pipe };
}

describe("a log pipe", () => {
  test("logs both streams of a process, and is removed when the process has ended", async () => {
    const { out, err } = start("echo one; echo two >&2; printf three");
    expect(run()).toHaveLength(2);
    for (const file of run()) expect(statSync(sandbox.path("run", file)).mode & 0o777).toBe(0o600);
    await Promise.all([out.ended, err.ended]);
    expect(logged().sort()).toEqual(["stderr two", "stdout one", "stdout three"]);
    expect(run()).toEqual([]);
  });

  test("stays as long as a child of the process holds it", async () => {
    const gate = sandbox.path("gate");
    const { child, out } = start(`(until [ -e ${gate} ]; do sleep 0.02; done; echo child) & echo parent`);
    await once(child, "exit");
    await expect.poll(logged).toEqual(["stdout parent"]);
    expect(run()).not.toEqual([]);
    await sandbox.write("gate", "");
    await out.ended;
    expect(logged()).toEqual(["stdout parent", "stdout child"]);
  });

  test("is read at once by drain, which does not wait for the event loop", async () => {
    const { child, out } = start("echo one; echo two; sleep 1000 & echo $!; kill -9 $$");
    const begun = once(child, "exit");
    out.drain();
    await begun;
    expect(out.drain()).toBe("open");
    expect(logged().slice(0, 2)).toEqual(["stdout one", "stdout two"]);
    process.kill(Number(logged()[2]?.split(" ")[1]), "SIGKILL");
    await out.ended;
    expect(out.drain()).toBe("open"); // closed: nothing is read
  });

  test("ends when no process could be started", async () => {
    const { pipe, descriptor } = createLogPipe(sandbox.path("run"), { clone: "0", stream: "stdout" }, writer);
    closeSync(descriptor);
    await pipe.ended;
    expect(run()).toEqual([]);
  });

  test("can be closed and adopted while the process goes on", async () => {
    const { child, out, err } = start("echo one; read -r line; echo $line; read -r line; echo $line >&2");
    await expect.poll(logged).toEqual(["stdout one"]);
    for (const pipe of [out, err]) pipe.close();
    await out.ended;
    child.stdin?.write("two\n");
    const adopted = adoptLogPipes(sandbox.path("run"), writer);
    expect(adopted.map(({ clone, stream }) => `${clone} ${stream}`).sort()).toEqual(["0 stderr", "0 stdout"]);
    child.stdin?.write("three\n");
    await Promise.all(adopted.map(({ ended }) => ended));
    expect(logged().filter((line) => line.startsWith("stdout"))).toEqual(["stdout one", "stdout two"]);
    expect(logged()).toContain("stderr three"); // in any place: the streams are two pipes
    expect(run()).toEqual([]);
  });

  test("can be opened by its process, also as another user", async () => {
    const id = process.getuid?.() === 0 ? 65_534 : (process.getuid?.() as number);
    const owner = { uid: id, gid: id === 65_534 ? id : (process.getgid?.() as number) };
    const origin = { clone: "0", stream: "stdout" } as const;
    const { pipe, descriptor } = createLogPipe(sandbox.path("run"), origin, writer, owner);
    children.add(spawn("sh", ["-c", "echo one > /dev/stdout"], { ...owner, stdio: ["ignore", descriptor, "inherit"] }));
    closeSync(descriptor);
    await pipe.ended;
    expect(logged()).toEqual(["stdout one"]);
  });

  test("does without node:ffi", async () => {
    vi.stubEnv("XSYS_FFI", "off");
    await start("echo one").out.ended;
    expect(logged()).toEqual(["stdout one"]);
  });

  test.for(["on", "off"])(
    "is not created at a path that exists or in a missing folder, with XSYS_FFI=%s",
    async (ffi) => {
      vi.stubEnv("XSYS_FFI", ffi);
      const path = await sandbox.write("there", "");
      expect(() => makeFifo(path)).toThrow(expect.objectContaining({ code: "ALREADY_EXISTS" }));
      expect(() => makeFifo(sandbox.path("gone/fifo"))).toThrow(expect.objectContaining({ code: "IO_ERROR" }));
    },
  );

  test("that cannot be opened is noted, and the others are adopted", async () => {
    const { child, out, err } = start("read -r line; echo $line");
    for (const pipe of [out, err]) pipe.close();
    await sandbox.write("run/0.stdout.x.pipe", "");
    const adopted = adoptLogPipes(sandbox.path("run"), writer);
    pipes.push(...adopted);
    expect(adopted).toHaveLength(2);
    child.stdin?.write("one\n");
    await Promise.all(adopted.map(({ ended }) => ended));
    expect(await sandbox.read("log/web.log")).toMatch(
      /^\S+ 0 note the output .* is lost: \S+ is not a FIFO\n\S+ 0 out one\n$/,
    );
  });
});

describe("an app that prints without end", () => {
  test("is slowed down: the event loop stays free, and the files stay within their limits", async () => {
    const before = performance.eventLoopUtilization();
    const { child } = start("exec yes");
    await expect.poll(() => writer.state.written, { interval: 20 }).toBeGreaterThan(1_000_000);
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.7);
    const bytes = readdirSync(sandbox.path("log")).map((file) => statSync(sandbox.path("log", file)).size);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(4 * 5_000_000);
    child.kill("SIGKILL");
  });

  test("shares a quarter of the time with all others that do", () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    try {
      const pace = new Pace();
      expect(pace.pauseAfter(true, 2)).toBe(6);
      expect(pace.pauseAfter(true, 2)).toBe(12);
      vi.advanceTimersByTime(12);
      expect(pace.pauseAfter(true, 2)).toBe(6);
      expect(pace.pauseAfter(false, 2)).toBe(10);
    } finally {
      vi.useRealTimers();
    }
  });
});
