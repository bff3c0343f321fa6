import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Client, connect, connectSync, type SyncClient, XsysError } from "../../../clients/typescript/index.ts";
import { ThreadTransport } from "../../../clients/typescript/sync/thread-transport.ts";
import { createRunner } from "../../../clients/typescript/xypriss.ts";
import { gone } from "../../cluster/support/running.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();

beforeEach(() => {
  vi.stubEnv("XSYS_PATH", undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await stopService();
});

/** Stops the service that a test has started, if any, and waits until it has ended. */
async function stopService(): Promise<void> {
  const xsys = await connect({ socket: sandbox.path("s"), wait: 0 }).catch(() => undefined);
  if (xsys === undefined) return;
  await xsys.service.stop();
  xsys.close();
  await gone(xsys.hello.pid);
}

function failure(act: () => unknown): XsysError {
  try {
    act();
  } catch (error) {
    if (error instanceof XsysError) return error;
    throw error;
  }
  throw new Error("it should have failed");
}

const EXITS = [process.execPath, "-e", "process.exit(3)", "--"];
const KILLED = [process.execPath, "-e", "process.kill(process.pid, 'SIGKILL')", "--"];

describe("connect() with autostart", () => {
  test("starts the xsys of the SDK, and uses a service that is already running", async () => {
    vi.stubEnv("PATH", sandbox.path("nothing"));
    const xsys = await connect({ socket: sandbox.path("s"), autostart: true });
    const again = await connect({ socket: sandbox.path("s"), autostart: true });
    expect(again.hello.pid).toBe(xsys.hello.pid);
    expect(xsys.hello.pid).not.toBe(process.pid);
    for (const client of [xsys, again]) client.close();
  });

  test("finds the program xsys of a given command in the same way", async () => {
    vi.stubEnv("PATH", sandbox.path("nothing"));
    const autostart = ["xsys", "serve", "--root", sandbox.root];
    const xsys: Client = await connect({ socket: sandbox.path("s"), autostart });
    await xsys.fs.write({ path: "a.txt" }, { input: "a" });
    expect(await sandbox.read("a.txt")).toBe("a");
    xsys.close();
  });

  test("starts the executable that XSYS_PATH names", async () => {
    vi.stubEnv("XSYS_PATH", await sandbox.write("own", "#!/bin/sh\nexit 7\n", 0o755));
    const attempt = connect({ socket: sandbox.path("s"), autostart: true });
    await expect(attempt).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: `cannot connect to ${sandbox.path("s")}: ${sandbox.path("own")} was started, but ended with exit status 7`,
    });
  });

  test("reports why no service could be started", async () => {
    vi.stubEnv("XSYS_PATH", sandbox.path("gone"));
    const attempt = connect({ socket: sandbox.path("s"), autostart: true });
    await expect(attempt).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: `cannot connect to ${sandbox.path("s")}: no service could be started: XSYS_PATH names ${sandbox.path("gone")}, which is not an executable file`,
    });
  });

  test("reports why an existing file cannot be run", async () => {
    const file = await sandbox.write("own", "#!/no/such/loader\n", 0o755);
    const attempt = connect({ socket: sandbox.path("s"), autostart: [file] });
    await expect(attempt).rejects.toThrow(
      `${file} could not be started: the interpreter /no/such/loader of ${file} does not exist`,
    );
  });
});

describe.each([
  ["the socket's descriptor", (autostart: true | string[]) => connectSync({ socket: sandbox.path("s"), autostart })],
  [
    "a thread",
    (autostart: true | string[]) =>
      new ThreadTransport({ socket: sandbox.path("s"), wait: 0, pid: process.pid, autostart }) as Pick<
        SyncClient,
        "hello" | "close"
      >,
  ],
])("connectSync() over %s with autostart", (_name, open) => {
  test("blocks until the started service answers, and uses a service that is already running", () => {
    const xsys = open(true);
    const again = open(true);
    expect(again.hello.pid).toBe(xsys.hello.pid);
    for (const client of [xsys, again]) client.close();
  });

  test("fails at once when the program ends, and reports how it ended", () => {
    const before = performance.now();
    expect(failure(() => open(EXITS)).message).toContain("ended with exit status 3");
    expect(failure(() => open(KILLED)).message).toMatch(/ended with (SIGKILL|signal 9)/);
    expect(failure(() => open([sandbox.path("gone")])).message).toContain(
      `${sandbox.path("gone")} could not be started`,
    );
    expect(performance.now() - before).toBeLessThan(9_000); // each of them would wait 10 s if the end were not noticed
  });
});

test("a blocking client starts the service again when it ended between two calls", async () => {
  const xsys = connectSync({ socket: sandbox.path("s"), autostart: true });
  const first = xsys.hello.pid;
  await stopService();
  expect(xsys.path.basename({ path: "/a/b" })).toBe("b");
  expect(xsys.hello.pid).not.toBe(first);
  xsys.close();
});

test("XyPriss's runner starts the service, with blocking and with asynchronous calls", async () => {
  for (const call of ["runSync", "runAsync"] as const) {
    const runner = createRunner({ root: sandbox.root, socket: sandbox.path("s"), autostart: true });
    expect(await runner[call]("path", "basename", ["/a/b"])).toBe("b");
    runner.close();
    await stopService();
  }
});
