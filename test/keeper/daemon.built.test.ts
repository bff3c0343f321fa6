import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { freePort } from "../../bench/free-port.ts";
import { processesWith } from "../../internal/processes/descendants.ts";
import { useChildren } from "../support/children.ts";
import { ended, startXsys } from "../support/command-line.ts";
import { useNotifyReceivers } from "../support/notify-receiver.ts";
import { isRunning } from "../support/process-state.ts";
import { PROGRAM } from "../support/program.ts";
import { pidsOf, SERVER, SLEEPER, useStage } from "./support/stage.ts";

const stage = useStage();
const children = useChildren();
const startReceiver = useNotifyReceivers();
const QUICK = ["--stable-for", "300"];

interface Daemon {
  readonly child: ChildProcess;
  readonly pid: number;
  /** What it has logged so far. */
  log(): string;
}

/** Starts `xsys daemon` in the sandbox, with this state folder. */
function startDaemon(words: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Daemon {
  const options = { cwd: stage.sandbox.root, env: { ...stage.env, ...env } };
  const child = children.add(startXsys(["daemon", ...words], options));
  let log = "";
  child.stderr?.on("data", (bytes: Buffer) => {
    log += bytes.toString();
  });
  return { child, pid: child.pid ?? 0, log: () => log };
}

/** Waits until it has applied its configuration, or has taken over what runs. */
async function ready({ pid }: Daemon): Promise<void> {
  await expect.poll(() => stage.keeper()).toMatchObject({ pid, isDaemon: true });
}

/** A configuration with one app. */
const config = (args: string) => JSON.stringify({ apps: [{ name: "bot", entry: "bot.js", args, stableFor: 300 }] });

async function writeBot(): Promise<void> {
  await stage.sandbox.write("bot.js", SLEEPER);
}

describe("xsys daemon", () => {
  test("runs the apps of its configuration, and stops them at SIGTERM", async () => {
    await writeBot();
    await stage.sandbox.write("apps.json", config("one"));
    const daemon = startDaemon(["--config", "apps.json"]);
    await expect.poll(daemon.log).toContain("the configuration is applied");
    const app = await stage.app("bot");
    expect(app).toMatchObject({ state: "running", ready: 1 });
    expect(JSON.parse(daemon.log().split("\n")[0] as string)).toMatchObject({ pid: daemon.pid, msg: "keeper started" });
    daemon.child.kill("SIGTERM");
    expect(await once(daemon.child, "exit")).toEqual([0, null]);
    expect(isRunning(pidsOf(app)[0])).toBe(false);
    expect(await stage.keeper()).toBeUndefined();
  });

  test("without a configuration runs what was saved", async () => {
    await writeBot();
    await stage.result("start", "bot.js", ...QUICK);
    await stage.result("end");
    const daemon = startDaemon();
    await ready(daemon);
    await expect.poll(() => stage.app("bot")).toMatchObject({ state: "running", ready: 1 });
  });

  test("SIGHUP applies the configuration again; an invalid one changes nothing", async () => {
    await writeBot();
    await stage.sandbox.write("apps.json", config("one"));
    const daemon = startDaemon(["--config", "apps.json"]);
    await expect.poll(daemon.log).toContain("the configuration is applied");
    const before = pidsOf(await stage.app("bot"));
    await stage.sandbox.write("apps.json", '{"apps": [');
    daemon.child.kill("SIGHUP");
    await expect.poll(daemon.log).toContain("the configuration is not applied");
    expect(pidsOf(await stage.app("bot"))).toEqual(before);
    await stage.sandbox.write("apps.json", config("two"));
    daemon.child.kill("SIGHUP");
    await expect.poll(() => stage.log("bot")).toContain("started two");
  });

  test("with an invalid configuration keeps what was saved, and ends with the error if nothing was", async () => {
    await writeBot();
    await stage.sandbox.write("apps.json", '{"apps": [');
    const refused = startDaemon(["--config", "apps.json"]);
    const { status, stderr } = await ended(refused.child);
    expect([status, stderr]).toEqual([65, expect.stringContaining("apps.json")]);
    await stage.result("start", "bot.js", ...QUICK);
    const daemon = startDaemon(["--config", "apps.json"]);
    await expect.poll(daemon.log).toContain("the configuration is not applied");
    expect(await stage.app("bot")).toMatchObject({ state: "running" });
  });

  test("takes over from a keeper in the background: no process is restarted, and no request is lost", async () => {
    const port = await freePort();
    await stage.sandbox.write("server.js", SERVER);
    const app = await stage.result("start", "server.js", "--port", String(port), "--clones", "2", ...QUICK);
    const { pid: before = 0 } = (await stage.keeper()) ?? {};
    const daemon = startDaemon();
    let isReady = false;
    void ready(daemon).finally(() => {
      isReady = true;
    });
    while (!isReady) {
      const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: "close" } });
      expect(pidsOf(app)).toContain(Number.parseInt(await response.text(), 10));
    }
    expect(isRunning(before)).toBe(false);
    const now = await stage.app("server");
    expect([pidsOf(now), now.restarts]).toEqual([pidsOf(app), 0]);
    expect(await stage.result("scale", "server", "3")).toMatchObject({ ready: 3 });
  });

  test("refuses to run beside another daemon, and names it", async () => {
    const daemon = startDaemon();
    await ready(daemon);
    const second = await ended(startDaemon().child);
    expect([second.status, second.stderr]).toEqual([75, expect.stringContaining(`pid ${daemon.pid}`)]);
    expect(await stage.keeper()).toMatchObject({ pid: daemon.pid });
  });

  test("that is killed is followed by a keeper in the background", async () => {
    await writeBot();
    const daemon = startDaemon();
    await ready(daemon);
    const app = await stage.result("start", "bot.js", ...QUICK);
    daemon.child.kill("SIGKILL");
    const next = await stage.keeperAfter(daemon.pid);
    expect(next).toMatchObject({ isDaemon: false, apps: [{ name: "bot", ready: 1, restarts: 0 }] });
    expect(next.apps.flatMap(pidsOf)).toEqual(pidsOf(app));
  });

  test("stays one with its configuration when it is upgraded", async () => {
    await writeBot();
    await stage.sandbox.write("apps.json", config("one"));
    const socket = stage.sandbox.path("notify");
    const receiver = await startReceiver(socket);
    const daemon = startDaemon(["--config", "apps.json"], { NOTIFY_SOCKET: socket });
    await receiver.next("READY");
    const before = pidsOf(await stage.app("bot"));
    await stage.result("upgrade");
    await receiver.next("READY");
    expect(await stage.keeper()).toMatchObject({ pid: daemon.pid, isDaemon: true });
    expect(pidsOf(await stage.app("bot"))).toEqual(before);
    await stage.sandbox.write("apps.json", config("two"));
    daemon.child.kill("SIGHUP");
    await expect.poll(() => stage.log("bot")).toContain("started two");
  });
});

describe("under a service manager", () => {
  test("that starts it again after a kill, it takes over the processes", async () => {
    await writeBot();
    const env = { NOTIFY_SOCKET: stage.sandbox.path("nobody") };
    const first = startDaemon([], env);
    await ready(first);
    const app = await stage.result("start", "bot.js", "--clones", "2", ...QUICK);
    first.child.kill("SIGKILL");
    await once(first.child, "exit");
    const second = startDaemon([], env);
    await ready(second);
    const now = await stage.app("bot");
    expect([pidsOf(now), now.restarts]).toEqual([pidsOf(app), 0]);
  });

  test("tells it when it is ready, reloads and stops", async () => {
    await writeBot();
    await stage.sandbox.write("apps.json", config("one"));
    const socket = stage.sandbox.path("notify");
    const receiver = await startReceiver(socket);
    const daemon = startDaemon(["--config", "apps.json"], { NOTIFY_SOCKET: socket });
    const { pid } = daemon;
    const { fields } = await receiver.next("READY");
    expect(fields).toEqual({ READY: "1", MAINPID: String(pid), STATUS: "apps: 1, processes ready: 1 of 1" });
    daemon.child.kill("SIGHUP");
    expect(await receiver.next("RELOADING")).toMatchObject({
      fields: { MONOTONIC_USEC: expect.stringMatching(/^\d+$/) },
    });
    await receiver.next("READY");
    daemon.child.kill("SIGTERM");
    const stopping = await receiver.next("STOPPING");
    // The app may take 10 s (its kill timeout).
    expect(stopping.fields).toMatchObject({ EXTEND_TIMEOUT_USEC: "25000000" });
    expect(await once(daemon.child, "exit")).toEqual([0, null]);
    expect(new Set(receiver.messages.map((message) => message.pid))).toEqual(new Set([pid]));
  });

  test("gives it signs of life, as often as it asks for", async () => {
    const socket = stage.sandbox.path("notify");
    const receiver = await startReceiver(socket);
    startDaemon([], { NOTIFY_SOCKET: socket, WATCHDOG_USEC: "200000" });
    for (let i = 0; i < 3; i++) await receiver.next("WATCHDOG");
    expect(receiver.messages.some(({ fields }) => "READY" in fields)).toBe(true);
  });

  test("gives its variables to no app, and starts no successor", async () => {
    await stage.sandbox.write(
      "bot.js",
      `require("fs").writeFileSync("env.json", JSON.stringify(process.env)); ${SLEEPER}`,
    );
    await stage.sandbox.write("apps.json", config("one"));
    const socket = stage.sandbox.path("notify");
    const receiver = await startReceiver(socket);
    const manager = { NOTIFY_SOCKET: socket, WATCHDOG_USEC: "60000000", INVOCATION_ID: "abc" };
    const { pid } = startDaemon(["--config", "apps.json"], manager);
    await receiver.next("READY");
    await expect.poll(() => stage.log("bot")).toContain("started"); // after the file
    const env = JSON.parse(await stage.sandbox.read("env.json"));
    expect(env).toHaveProperty("XSYS_APP", "bot");
    for (const name of Object.keys(manager)) expect(env).not.toHaveProperty(name);
    const childPids = (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).trim().split(" ").map(Number);
    expect(childPids).toEqual(pidsOf(await stage.app("bot")));
  });
});

describe("as process 1 of a container", () => {
  const isPossible = process.platform === "linux" && process.getuid?.() === 0;
  const IN_CONTAINER = ["--pid", "--fork", "--mount-proc", "--kill-child"];

  /** Starts it in a process namespace of its own. Its pid is that outside. */
  async function startContainer(words: readonly string[]) {
    const options = { cwd: stage.sandbox.root, env: stage.env };
    const unshare = children.add(spawn("unshare", [...IN_CONTAINER, ...PROGRAM, "daemon", ...words], options));
    let log = "";
    unshare.stderr?.on("data", (bytes: Buffer) => {
      log += bytes.toString();
    });
    await expect.poll(() => log).toContain("the configuration is applied");
    const daemon = Number(await readFile(`/proc/${unshare.pid}/task/${unshare.pid}/children`, "utf8"));
    return { unshare, daemon, log: () => log };
  }

  test.runIf(isPossible)("it reaps what apps leave behind, and SIGTERM stops them in their time", async () => {
    await stage.sandbox.write(
      "bot.js",
      `
      const { spawn } = require("node:child_process");
      const { existsSync } = require("node:fs");
      // The shell ends at once, so that its child becomes one of process 1.
      const script = "sleep 0.2 > /dev/null & echo $!";
      spawn("sh", ["-c", script]).stdout.once("data", (bytes) => {
        const orphan = "/proc/" + Number(bytes);
        console.log("orphan", existsSync(orphan));
        const timer = setInterval(() => {
          if (existsSync(orphan)) return;
          clearInterval(timer);
          console.log("reaped");
        }, 10);
      });
      process.on("SIGTERM", () => setTimeout(() => { console.log("ending"); process.exit(); }, 500));
      setInterval(() => {}, 1e9);
      `,
    );
    await stage.sandbox.write("apps.json", config("one"));
    const { unshare, daemon, log } = await startContainer(["--config", "apps.json"]);
    expect(log()).toContain('"pid":1,');
    await expect.poll(() => stage.log("bot"), { timeout: 10_000 }).toMatch(/orphan true\n.*reaped\n/s);
    process.kill(daemon, "SIGTERM");
    expect(await once(unshare, "exit")).toEqual([0, null]);
    expect(await stage.log("bot")).toContain("ending");
  });

  test.runIf(isPossible)("it kills what does not end in its time, and ends with 0", async () => {
    await stage.sandbox.write("bot.js", `process.on("SIGTERM", () => console.log("no")); ${SLEEPER}`);
    const apps = [{ name: "bot", entry: "bot.js", stableFor: 300, killTimeout: 300 }];
    await stage.sandbox.write("apps.json", JSON.stringify({ apps }));
    const { unshare, daemon } = await startContainer(["--config", "apps.json"]);
    await expect.poll(() => stage.log("bot")).toContain("started");
    process.kill(daemon, "SIGTERM");
    expect(await once(unshare, "exit")).toEqual([0, null]);
    expect(await stage.log("bot")).toContain("no");
  });
});

test("SIGTERM does not wait for apps that are being started", async () => {
  await writeBot();
  const apps = [{ name: "bot", entry: "bot.js", stableFor: "60s" }];
  await stage.sandbox.write("apps.json", JSON.stringify({ apps }));
  const daemon = startDaemon(["--config", "apps.json"]);
  await expect.poll(() => stage.log("bot").catch(() => "")).toContain("started");
  daemon.child.kill("SIGTERM");
  expect(await once(daemon.child, "exit")).toEqual([0, null]);
  expect(processesWith("XSYS_CLONE_STATE", stage.state)).toEqual([]);
});
