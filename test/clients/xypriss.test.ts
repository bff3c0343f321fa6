import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { XsysError } from "../../clients/typescript/index.ts";
import { createRunner, type Runner, XyPrissError } from "../../clients/typescript/xypriss.ts";
import { printed, startXsys } from "../support/command-line.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();
let folder: string;
let socket: string;
let service: ChildProcess;
let runner: Runner;

/** One service for all tests. Its root differs from the roots of the runners. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "xsys-test-"));
  socket = join(folder, "s");
  service = startXsys(["serve", "--socket", socket, "--root", folder, "--log-level", "silent"]);
  await printed(service, "listens");
});
afterAll(async () => {
  service.kill();
  await once(service, "exit");
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  runner = createRunner({ root: sandbox.root, socket });
});
afterEach(() => {
  runner.close();
  vi.restoreAllMocks();
});

describe("a runner over the socket", () => {
  test("throws XyPrissErrors that name what failed and contain the original error", async () => {
    const error = await runner.runAsync("fs", "hash", ["gone"]).catch((e: unknown) => e);
    const details = `fs.hash failed on ${sandbox.path("gone")}: no such file or directory`;
    expect(error).toBeInstanceOf(XyPrissError);
    expect(error).toMatchObject({
      name: "XyPrissError",
      module: "fs",
      action: "hash",
      details,
      message: `[XyPriss Error] fs.hash failed: ${details}`,
    });
    expect((error as XyPrissError).raw).toBeInstanceOf(XsysError);
    expect((error as XyPrissError).raw).toMatchObject({ code: "NOT_FOUND" });
  });

  test("passes arguments that start with a dash, and names of global options, as data", async () => {
    await sandbox.write("a.txt", "--json");
    expect(runner.runSync("fs", "patch", ["a.txt", "--json", "--quiet"])).toMatchObject({ changed: true });
    expect(await sandbox.read("a.txt")).toBe("--quiet");
  });

  test("treats an option with the value null as absent, unlike the command line", () => {
    expect(runner.runSync("fs", "ls", ["."], { recursive: null, stats: undefined })).toEqual([]);
  });

  test("returns undefined and never throws for an interactive call", () => {
    expect(runner.runSync("fs", "ls", ["."], { interactive: true })).toBeUndefined();
    expect(runner.runSync("fs", "ls", ["gone"], { interactive: true })).toBeUndefined();
  });

  test("prints the events of an interactive call", () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const options = { duration: 0.2, interval: 0.1, interactive: true };
    expect(runner.runSync("monitor", "system", [], options)).toBeUndefined();
    expect(log).toHaveBeenCalled();
    expect(JSON.parse(log.mock.calls[0]?.[0])).toHaveProperty("process_count");
  });

  test("reports an unknown command", () => {
    expect(() => runner.runSync("fs", "lss", ["."])).toThrow('there is no command "fs.lss", did you mean "fs.ls"?');
  });

  test("reports that no service is running", () => {
    using other = createRunner({ root: sandbox.root, socket: sandbox.path("none") });
    expect(() => other.runSync("fs", "ls", ["."])).toThrow(/fs.ls failed: cannot connect to .*none: no xsys listens/);
  });
});

describe("a reading stream", () => {
  test("yields a file's bytes, all or from an offset on", async () => {
    await sandbox.write("a.bin", "0123456789".repeat(200_000));
    expect(await text(runner.runStream("fs", "cat", ["a.bin"]))).toHaveLength(2_000_000);
    expect(await text(runner.runStream("fs", "cat", ["a.bin"], { offset: 8, limit: 4 }))).toBe("8901");
  });

  test("emits an error when it has an error listener", async () => {
    await expect(text(runner.runStream("fs", "cat", ["gone"]))).rejects.toMatchObject({
      name: "XyPrissError",
      details: expect.stringContaining("no such file"),
    });
    const stream = runner.runStream("fs", "cat", ["gone"]);
    stream.resume();
    const [error] = await once(stream, "error");
    expect(error).toBeInstanceOf(XyPrissError);
  });

  test("ends with a warning when it has no error listener", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const stream = runner.runStream("fs", "cat", ["gone"]);
    const bytes: unknown[] = [];
    stream.on("data", (chunk) => bytes.push(chunk));
    await new Promise<void>((resolve) => stream.on("end", resolve));
    expect(bytes).toEqual([]);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining("fs.cat failed"), expect.anything());
  });

  test("cancels the call when it is destroyed", async () => {
    await sandbox.write("a.bin", Buffer.alloc(8 * 1024 * 1024));
    const stream = runner.runStream("fs", "cat", ["a.bin"]);
    await once(stream, "readable");
    stream.destroy();
    await once(stream, "close");
    // Only the status call itself is in flight.
    await expect
      .poll(
        async () => ((await runner.runAsync("service", "status")) as { calls: { in_flight: number } }).calls.in_flight,
      )
      .toBe(1);
  });
});

describe("a writing stream", () => {
  test("has written the file when it emits finish", async () => {
    const stream = runner.runWritableStream("fs", "cat-write", ["out/a.bin"]);
    for (let i = 0; i < 100; i++) stream.write("0123456789".repeat(5_000));
    stream.close();
    await once(stream, "finish");
    expect(await sandbox.read("out/a.bin")).toHaveLength(5_000_000);
  });

  test("emits an error when it has an error listener", async () => {
    await sandbox.write("file", "");
    const stream = runner.runWritableStream("fs", "cat-write", ["file/below"]);
    await expect(pipeline(["a", "b"], stream)).rejects.toMatchObject({ name: "XyPrissError" });
  });

  test("discards the rest and finishes with a warning when it has no error listener", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    await sandbox.write("file", "");
    const stream = runner.runWritableStream("fs", "cat-write", ["file/below"]);
    const finished = new Promise<void>((resolve) => stream.on("finish", resolve));
    for (let i = 0; i < 200; i++) stream.write(Buffer.alloc(65_536));
    stream.close();
    await finished;
    expect(warn).toHaveBeenCalledWith(expect.stringContaining("fs.cat-write failed"), expect.anything());
  });

  test("keeps the old file when it is destroyed before its end", async () => {
    await sandbox.write("a.txt", "old");
    const stream = runner.runWritableStream("fs", "atomic-write", ["a.txt"]);
    await new Promise((resolve) => stream.write("new", resolve));
    stream.destroy();
    await once(stream, "close");
    await expect
      .poll(
        async () => ((await runner.runAsync("service", "status")) as { calls: { in_flight: number } }).calls.in_flight,
      )
      .toBe(1);
    expect(await sandbox.read("a.txt")).toBe("old");
    expect(runner.runSync("fs", "ls", ["."])).toEqual(["a.txt"]);
  });
});
