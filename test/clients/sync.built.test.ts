import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connect, connectSync, type SyncClient, XsysError } from "../../clients/typescript/index.ts";
import { SocketTransport } from "../../clients/typescript/sync/socket-transport.ts";
import { createSyncClient } from "../../clients/typescript/sync/sync-client.ts";
import { ThreadTransport } from "../../clients/typescript/sync/thread-transport.ts";
import { ended, printed, startXsys } from "../support/command-line.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Starts a service in another process, because calls block this one. */
async function serve(...options: string[]): Promise<ChildProcess> {
  const words = ["serve", "--socket", sandbox.path("s"), "--root", sandbox.root, "--log-level", "silent", ...options];
  return started(startXsys(words, { stdio: ["ignore", "pipe", "inherit"] }));
}

async function strangeServer(habit: string): Promise<ChildProcess> {
  const program = [fixture("strange-server.ts"), sandbox.path("s"), habit];
  return started(spawn(process.execPath, program, { stdio: ["ignore", "pipe", "inherit"] }));
}

async function started(child: ChildProcess): Promise<ChildProcess> {
  cleanups.push(() => end(child));
  await printed(child, "listen");
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

function fixture(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
}

/** The error that a blocking call throws. */
function failure(act: () => unknown): XsysError {
  try {
    act();
  } catch (error) {
    if (error instanceof XsysError) return error;
    throw error;
  }
  throw new Error("it should have failed");
}

function timed(act: () => void): number {
  const start = performance.now();
  act();
  return performance.now() - start;
}

const TRANSPORTS = [
  ["the socket's descriptor", SocketTransport],
  ["a thread", ThreadTransport],
] as const;

describe.each(TRANSPORTS)("a blocking client over %s", (_name, Transport) => {
  function open(timeout = 0, wait = 0): SyncClient {
    const transport = new Transport({ socket: sandbox.path("s"), wait, pid: 4711 });
    cleanups.push(() => transport.close());
    return createSyncClient(transport, timeout);
  }

  describe("of a service", () => {
    beforeEach(async () => {
      await serve();
    });

    test.each([Number.POSITIVE_INFINITY, 2_592_000_000])("accepts a wait and a timeout of %d ms", (timeout) => {
      const xsys = open(timeout, timeout);
      expect(xsys.sys.cpu({ interval: 10 }, { timeout }).length).toBeGreaterThan(0);
      expect(xsys.path.join({ segments: ["a"] })).toBe("a");
    });

    test.each([Number.NaN, -1])("refuses a timeout of %d", (timeout) => {
      expect(failure(() => open().path.join({}, { timeout }))).toMatchObject({
        code: "INVALID_PARAMS",
        message: `timeout must be a number of milliseconds from 0 to Infinity, not ${timeout}`,
      });
    });

    test("transfers 16 MiB in both directions, and an answer of several megabytes", async () => {
      const xsys = open();
      const sent = Buffer.alloc(16 * 1024 * 1024, "0123456789abcdef-");
      expect(xsys.service.echo({}, { input: sent }).equals(sent)).toBe(true);
      xsys.fs.write({ path: "big" }, { input: Buffer.alloc(5_000_000, "é") });
      expect(xsys.fs.read({ path: "big" })).toHaveLength(2_500_000);
      expect(xsys.path.basename({ path: "/a/b" })).toBe("b");
    });

    test("calls on behalf of the process with the given pid", async () => {
      await sandbox.write("a.txt", "");
      expect(open().fs.lock({ path: "a.txt" })).toMatchObject({ locked: true, holder: { pid: 4711 } });
    });
  });

  test("refuses parameters over the server's frame limit without sending them", async () => {
    await serve("--max-frame", "10000");
    const xsys = open();
    expect(failure(() => xsys.fs.write({ path: "a", data: "x".repeat(20_000) })).code).toBe("TOO_LARGE");
    expect(xsys.path.basename({ path: "/still/here" })).toBe("here");
  });

  test("fails with TIMEOUT when no answer arrives in time, without using the processor", async () => {
    await strangeServer("stays silent");
    const xsys = open(1_000); // includes the time to connect
    const before = process.cpuUsage();
    const took = timed(() => expect(failure(() => xsys.path.join()).code).toBe("TIMEOUT"));
    const { user, system } = process.cpuUsage(before);
    expect(took).toBeGreaterThan(990);
    expect(took).toBeLessThan(3_000);
    expect((user + system) / 1_000).toBeLessThan(150);
    expect(failure(() => xsys.path.join({}, { timeout: 500 }))).toMatchObject({
      code: "TIMEOUT",
      details: { timeout: 500 },
    });
  });

  test.each(["is killed", "is killed in the middle of an answer"])(
    "fails at once with UNAVAILABLE when the server %s, and uses the next server",
    async (habit) => {
      const server = await strangeServer(habit);
      const xsys = open();
      const took = timed(() => {
        const error = failure(() => xsys.path.join());
        expect(error).toMatchObject({ code: "UNAVAILABLE", details: { command: "path.join", sent: true } });
        expect(error.message).toContain("it is not known whether the call was carried out");
      });
      expect(took).toBeLessThan(5_000); // it would never return if the end of the server were not noticed
      await end(server); // until then its socket may still accept connections
      expect(failure(() => xsys.path.join()).message).toContain("start one with: xsys serve");
      await serve();
      expect(xsys.path.join({ segments: ["a"] })).toBe("a");
    },
  );

  test("fails with UNAVAILABLE when the server violates the protocol", async () => {
    await strangeServer("sends garbage");
    expect(failure(() => open().path.join())).toMatchObject({ code: "UNAVAILABLE" });
  });

  test("refuses a server that is not xsys", async () => {
    await strangeServer("is another");
    expect(failure(() => open()).code).toBe("UNAVAILABLE");
  });

  test("fails with UNAVAILABLE and ENOENT when there is no socket", () => {
    expect(failure(() => open())).toMatchObject({ code: "UNAVAILABLE", details: { errno: "ENOENT" } });
  });

  test("refuses calls after it was closed", async () => {
    await serve();
    const xsys = open();
    xsys.close();
    expect(failure(() => xsys.path.join()).code).toBe("UNAVAILABLE");
  });
});

describe("connectSync", () => {
  function open(wait = 0): SyncClient {
    const xsys = connectSync({ socket: sandbox.path("s"), wait });
    cleanups.push(() => xsys.close());
    return xsys;
  }

  test("waits for a service that is starting", async () => {
    const starting = serve();
    expect(open(20_000).path.join({ segments: ["a"] })).toBe("a");
    await starting;
  });

  test("calls the new service when the service was replaced between two calls", async () => {
    const first = await serve();
    const xsys = open();
    xsys.service.ping();
    const before = xsys.hello.pid;
    await end(first);
    await serve();
    expect(xsys.service.ping().pid).not.toBe(before);
  });

  test("does not delay a service that stops, even when its event loop does not run", async () => {
    await serve();
    const xsys = open();
    const other = open();
    other.service.stop();
    // This thread blocks its event loop until the service has ended. The service would wait for it up to 10 s.
    const gone = () => failure(() => xsys.path.join()).message.includes("no xsys listens there");
    const took = timed(() => {
      while (!gone()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    });
    expect(took).toBeLessThan(5_000);
  });

  test("fails with LIMIT_EXCEEDED when the service accepts no more connections", async () => {
    await serve("--max-connections", "1");
    open();
    expect(failure(() => open()).code).toBe("LIMIT_EXCEEDED");
  });

  test("ignores the answer to another call", async () => {
    await strangeServer("answers others");
    expect(open().path.join()).toBe("this call's");
  });

  test("works together with the event loop and an asynchronous client", async () => {
    await serve();
    const xsys = open();
    const other = await connect({ socket: xsys.socket });
    cleanups.push(() => other.close());
    for (let i = 0; i < 50; i++) {
      const answer = other.path.basename({ path: `/a/${i}` });
      expect(xsys.path.basename({ path: `/b/${i}` })).toBe(String(i));
      expect(await answer).toBe(String(i));
      await nextTurn();
    }
  });

  test("works in several threads at once", async () => {
    await serve();
    const workerData = { socket: sandbox.path("s"), calls: 200 };
    const threads = Array.from({ length: 4 }, () => new Worker(fixture("calls-in-a-thread.ts"), { workerData }));
    const answers = await Promise.all(threads.map(async (thread) => (await once(thread, "message"))[0]));
    for (const own of answers) expect(own).toEqual(Array.from({ length: 200 }, (_, i) => String(i)));
  });

  test("does not keep the process alive while it is open", async () => {
    await serve();
    const child = spawn(process.execPath, [fixture("leaves-open.ts"), sandbox.path("s")]);
    expect(await ended(child)).toMatchObject({ status: 0, stdout: "the/end\n" });
  });

  test.skipIf(process.platform !== "linux")("leaves no open descriptor and no file", async () => {
    await serve();
    open().close();
    const before = readdirSync("/proc/self/fd").length;
    for (let i = 0; i < 50; i++) {
      using xsys = connectSync({ socket: sandbox.path("s") });
      xsys.service.ping();
    }
    for (let i = 0; i < 5; i++) failure(() => connectSync({ socket: sandbox.path("none"), wait: 0 }));
    expect(readdirSync("/proc/self/fd").length).toBeLessThanOrEqual(before);
    expect(readdirSync(sandbox.root)).toEqual(["s"]);
  });
});
