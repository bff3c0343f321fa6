import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { isOrphan, PATIENCE, ParentWatch, parentEnd } from "../../../cmd/xsys/server/parent-watch.ts";
import { bundleLauncher } from "../../../scripts/build/npm/launcher.ts";
import { useChildren } from "../../support/children.ts";
import { ended, xsys } from "../../support/command-line.ts";
import { PROGRAM_LINE } from "../../support/program.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { signalProcess } from "../../support/signal-process.ts";
import { startServer } from "../../support/started-server.ts";

describe("the server is abandoned", () => {
  let isParentGone = false;
  let hasWorker = false;
  const onAbandoned = vi.fn();
  const watch = () =>
    new ParentWatch({ isParentGone: () => isParentGone, hasWorker: () => hasWorker, now, onAbandoned });
  const now = () => performance.now();

  beforeEach(() => {
    vi.useFakeTimers();
    onAbandoned.mockClear();
    isParentGone = false;
    hasWorker = false;
  });
  afterEach(() => void vi.useRealTimers());

  test("once, when its parent has ended and no worker has been connected for five seconds", () => {
    watch().start();
    vi.advanceTimersByTime(60_000);
    isParentGone = true;
    vi.advanceTimersByTime(PATIENCE - 500);
    expect(onAbandoned).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(onAbandoned).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(60_000);
    expect(onAbandoned).toHaveBeenCalledOnce();
  });

  test("neither while its parent runs nor while a worker is connected", () => {
    const running = watch();
    running.start();
    vi.advanceTimersByTime(3_600_000);
    [isParentGone, hasWorker] = [true, true];
    vi.advanceTimersByTime(3_600_000);
    expect(onAbandoned).not.toHaveBeenCalled();
    running.stop();
  });

  test("five seconds after its last worker disconnects; a worker that reconnects restarts that time", () => {
    watch().start();
    isParentGone = true;
    vi.advanceTimersByTime(PATIENCE - 1_000);
    hasWorker = true;
    vi.advanceTimersByTime(10_000);
    hasWorker = false;
    vi.advanceTimersByTime(PATIENCE - 500);
    expect(onAbandoned).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(onAbandoned).toHaveBeenCalledOnce();
  });

  test("never after the watch is stopped", () => {
    const stopped = watch();
    stopped.start();
    isParentGone = true;
    stopped.stop();
    vi.advanceTimersByTime(60_000);
    expect(onAbandoned).not.toHaveBeenCalled();
  });
});

describe("a caller behind a launcher", () => {
  const children = useChildren();

  test("is gone only after it has ended", async () => {
    const caller = children.add(spawn(process.execPath, ["-e", "process.stdin.resume()"]));
    const isGone = parentEnd(caller.pid);
    expect(isGone()).toBe(false);
    caller.kill("SIGKILL");
    await once(caller, "exit");
    expect(isGone()).toBe(true);
    expect(parentEnd(caller.pid)()).toBe(true);
  });

  test.runIf(process.platform === "linux")("is gone when it is a zombie", async () => {
    const start = "sleep 60 & echo $!; kill -9 $!; exec sleep 60"; // never waits for the first sleep
    const parent = children.add(spawn("/bin/sh", ["-c", start]));
    const [pid] = await once(parent.stdout, "data");
    const isGone = parentEnd(Number(pid));
    await vi.waitUntil(isGone);
    expect(process.kill(Number(pid), 0)).toBe(true);
  });
});

describe.skipIf(process.platform === "win32")("the server is an orphan at its start", () => {
  test("when its parent is an init process that is not an application", async () => {
    expect(await isOrphan(1, async () => undefined)).toBe(true);
  });

  test("neither when the application is process 1 of a container nor with any other parent", async () => {
    for (const name of ["node", "bun"] as const) {
      expect(await isOrphan(1, async () => ({ name, file: `/usr/bin/${name}` }))).toBe(false);
    }
    expect(await isOrphan(process.pid, async () => undefined)).toBe(false);
  });
});

describe("xsys server start", () => {
  const sandbox = useSandbox();
  const children = useChildren();
  const APPLICATION = fileURLToPath(new URL("../fixtures/xypriss-application.ts", import.meta.url));
  const WORKER = fileURLToPath(new URL("../fixtures/xypriss-worker.mjs", import.meta.url));
  afterEach(() => xsys(["stop", "--force", "--connect", sandbox.path("s")]));

  /** Starts it from an application, which is killed when the output matches `said`. */
  async function startAndKill(said: RegExp, ...words: string[]) {
    const line = ["--signature", "0123456789abcdef", "server", "start", "--ipc", sandbox.path("s"), ...words];
    return killed(said, [APPLICATION, ...line]);
  }

  async function killed(said: RegExp, words: string[], env = process.env) {
    const application = children.add(spawn(process.execPath, words, { env }));
    let text = "";
    const end = ended(application);
    application.stdout.on("data", (bytes) => {
      text += bytes;
    });
    while (!said.test(text)) await once(application.stdout, "data");
    application.kill("SIGKILL");
    return { end, text };
  }

  test("exits when the application that started it is killed, so that the port is free for the next start", async () => {
    const { end, text } = await startAndKill(/listening on .*\n/, "--port", "0");
    const [, port = ""] = /listening on 127\.0\.0\.1:(\d+)/.exec(text) ?? [];
    // The output ends only when the server, too, has closed it.
    expect((await end).stdout).toContain(
      "the application has ended and no worker has been connected for 5 s: stopping",
    );
    const words = ["--port", port, "--ipc", sandbox.path("s")];
    const next = await startServer(words, { cwd: sandbox.root, add: children.add });
    expect(next.address()).toBe(`127.0.0.1:${port}`);
    expect((await next.stop()).status).toBe(0);
  }, 60_000);

  test("exits when the application is killed, also behind a launcher that keeps running", async () => {
    await bundleLauncher(sandbox.path("xsys.cjs"));
    const preload = await sandbox.write("no-execve.cjs", "delete process.execve;");
    const program = await sandbox.write("program", `#!/bin/sh\nexec ${PROGRAM_LINE} "$@"\n`, 0o755);
    const words = ["--signature", "0123456789abcdef", "server", "start", "--ipc", sandbox.path("s"), "--port=0"];
    const line = JSON.stringify(["--require", preload, sandbox.path("xsys.cjs"), ...words]);
    const start = `require("child_process").spawn(process.execPath, ${line}, { stdio: ["ignore", "inherit", "inherit"], detached: true })`;
    const env = { ...process.env, XSYS_PATH: program };
    const { end } = await killed(/listening on .*\n/, ["-e", start], env);
    expect((await end).stdout).toContain("the application has ended");
  }, 60_000);

  test.runIf(process.platform === "linux")(
    "exits when the application was killed before the server started",
    async ({ skip }) => {
      const words = ["--signature", "0123456789abcdef", "server", "start", "--ipc", sandbox.path("s"), "--port=0"];
      // The shell becomes the server when it has read a line, which is sent after the application has ended.
      const script = `echo $$; read -r line; exec ${PROGRAM_LINE} "$@"`;
      const line = JSON.stringify(["-c", script, "sh", ...words]);
      const start = `require("child_process").spawn("/bin/sh", ${line}, { stdio: "inherit", detached: true })`;
      const application = children.add(spawn(process.execPath, ["-e", start]));
      const end = ended(application);
      const [pid] = await once(application.stdout, "data");
      const exit = once(application, "exit");
      application.kill("SIGKILL");
      await exit;
      const status = await readFile(`/proc/${Number(pid)}/status`, "utf8");
      if (!/^PPid:\t1$/m.test(status)) {
        signalProcess(Number(pid), "SIGKILL");
        skip("orphans get another parent than process 1 here (PR_SET_CHILD_SUBREAPER)");
      }
      application.stdin.end("\n");
      expect((await end).stdout).toContain("the application has ended");
    },
    60_000,
  );

  test("with its own workers continues without the application until no worker is left", async () => {
    const words = ["--port=0", "--cluster", "--cluster-workers=1", "--entry-point", WORKER];
    const { end, text } = await startAndKill(/worker 0 is ready/, ...words);
    const [, address = ""] = /listening on (\S+)/.exec(text) ?? [];
    const response = await fetch(`http://${address}/`);
    expect(await response.text()).toBe("worker 0");
    expect((await xsys(["cluster", "stop", "0", "--connect", sandbox.path("s")])).status).toBe(0);
    expect((await end).stdout).toContain("the application has ended");
  }, 60_000);
});
