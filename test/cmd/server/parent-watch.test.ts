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

describe("an engine is abandoned", () => {
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

  test("when its parent has gone and no worker has been connected for five seconds, once", () => {
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

  test("not while its parent is there, nor while a worker is connected", () => {
    const running = watch();
    running.start();
    vi.advanceTimersByTime(3_600_000);
    [isParentGone, hasWorker] = [true, true];
    vi.advanceTimersByTime(3_600_000);
    expect(onAbandoned).not.toHaveBeenCalled();
    running.stop();
  });

  test("five seconds after its last worker, and not before: one that comes back begins them anew", () => {
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

  test("not once it is stopped", () => {
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

  test("is gone when it has ended, and not before", async () => {
    const caller = children.add(spawn(process.execPath, ["-e", "process.stdin.resume()"]));
    const isGone = parentEnd(caller.pid);
    expect(isGone()).toBe(false);
    caller.kill("SIGKILL");
    await once(caller, "exit");
    expect(isGone()).toBe(true);
    expect(parentEnd(caller.pid)()).toBe(true);
  });

  test.runIf(process.platform === "linux")("is gone when nobody has waited for it", async () => {
    const start = "sleep 60 & echo $!; kill -9 $!; exec sleep 60"; // the second never waits
    const parent = children.add(spawn("/bin/sh", ["-c", start]));
    const [pid] = await once(parent.stdout, "data");
    const isGone = parentEnd(Number(pid));
    await vi.waitUntil(isGone);
    expect(process.kill(Number(pid), 0)).toBe(true);
  });
});

describe.skipIf(process.platform === "win32")("an engine is an orphan from its start", () => {
  test("when its parent is an init that runs no application", async () => {
    expect(await isOrphan(1, async () => undefined)).toBe(true);
  });

  test("not when the application is process 1 of a container, nor under any other parent", async () => {
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

  /** Starts it by an application, which is killed when it has said something. */
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

  test("by an application that is killed ends, so that the next start has the port", async () => {
    const { end, text } = await startAndKill(/listening on .*\n/, "--port", "0");
    const [, port = ""] = /listening on 127\.0\.0\.1:(\d+)/.exec(text) ?? [];
    // What it printed ends when the engine, too, has closed it.
    expect((await end).stdout).toContain(
      "the application has ended and no worker has been connected for 5 s: stopping",
    );
    const words = ["--port", port, "--ipc", sandbox.path("s")];
    const next = await startServer(words, { cwd: sandbox.root, add: children.add });
    expect(next.address()).toBe(`127.0.0.1:${port}`);
    expect((await next.stop()).status).toBe(0);
  }, 60_000);

  test("by an application that is killed ends, too, behind a launcher that stays", async () => {
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
    "by an application that is killed before the engine runs ends, too",
    async ({ skip }) => {
      const words = ["--signature", "0123456789abcdef", "server", "start", "--ipc", sandbox.path("s"), "--port=0"];
      // It becomes the engine when its standard input has a line, which it gets when the application has gone.
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

  test("with workers of its own goes on without the application, until it has none", async () => {
    const words = ["--port=0", "--cluster", "--cluster-workers=1", "--entry-point", WORKER];
    const { end, text } = await startAndKill(/worker 0 is ready/, ...words);
    const [, address = ""] = /listening on (\S+)/.exec(text) ?? [];
    const response = await fetch(`http://${address}/`);
    expect(await response.text()).toBe("worker 0");
    expect((await xsys(["cluster", "stop", "0", "--connect", sandbox.path("s")])).status).toBe(0);
    expect((await end).stdout).toContain("the application has ended");
  }, 60_000);
});
