import { rm } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { freePort } from "../../bench/free-port.ts";
import { KeeperClient } from "../../internal/apps/keeper-client.ts";
import { processesWith } from "../../internal/processes/descendants.ts";
import { isRunning } from "../support/process-state.ts";
import { type App, pidsOf, SERVER, SLEEPER, useStage } from "./support/stage.ts";

const stage = useStage();
const QUICK = ["--stable-for", "300"];
const PATIENT = ["--stable-for", "60s"];

async function keeperPid(): Promise<number> {
  return (await stage.keeper())?.pid ?? 0;
}

/** Process ids of everything that clones are, or have started. */
const marked = () => processesWith("XSYS_CLONE_STATE", stage.state).map(({ pid }) => pid);

/** Kills the keeper and the shell that waits for its death, so that nothing happens until the next command. */
async function killKeepers(): Promise<void> {
  const clones = new Set(marked());
  for (const { pid } of processesWith("XSYS_STATE", stage.state)) if (!clones.has(pid)) process.kill(pid, "SIGKILL");
  await expect.poll(() => stage.keeper()).toBeUndefined();
}

async function client(): Promise<KeeperClient> {
  const connected = await KeeperClient.connect(`${stage.state}/run/keeper.sock`);
  if (connected === undefined) throw new Error("no keeper runs");
  return connected;
}

describe("a keeper that was killed", () => {
  test("before it wrote down a process: the next one finds it", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    const before = pidsOf(await stage.result("start", "bot.js", "--clones", "2", ...QUICK));
    await killKeepers();
    await stage.sandbox.write("state/run/apps/bot/running.json", "");
    expect(await stage.app("bot")).toMatchObject({ clones: 2 });
    await expect.poll(marked).toHaveLength(2);
    await stage.result("stop", "bot");
    expect(marked()).toEqual([]);
    expect(before.some(isRunning)).toBe(false);
  });

  test("together with a clone: what the clone left behind is ended", async () => {
    await stage.sandbox.write("app.sh", "setsid sleep 1000 &\necho ready\nexec sleep 1000\n");
    const [pid = 0] = pidsOf(await stage.result("start", "app.sh", ...QUICK));
    await expect.poll(() => stage.log("app")).toContain("ready");
    const left = marked().find((each) => each !== pid);
    await killKeepers();
    process.kill(pid, "SIGKILL");
    await stage.run("status");
    await expect.poll(() => isRunning(left)).toBe(false);
  });

  test("and an app that was deleted meanwhile: its processes are asked to end, once", async () => {
    await stage.sandbox.write(
      "bot.js",
      `require("node:child_process").spawn("sleep", ["1000"], { detached: true, stdio: "ignore" });
       process.on("SIGTERM", () => { require("node:fs").appendFileSync("asked", "x"); setTimeout(process.exit, 500); });
       ${SLEEPER}`,
    );
    await stage.result("start", "bot.js", ...QUICK);
    await expect.poll(marked).toHaveLength(2);
    await killKeepers();
    for (const file of ["bot.json", "bot.json.last"]) await rm(stage.sandbox.path("state/apps", file));
    expect(await stage.result("status")).toEqual([]);
    await expect.poll(marked).toEqual([]);
    expect(await stage.sandbox.read("asked")).toBe("x");
  });

  test("while an app was updated: what ran before runs", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    await stage.result("start", "bot.js", ...QUICK, "--", "good");
    const updating = stage.run("start", "bot.js", ...PATIENT, "--", "bad");
    await expect.poll(() => stage.log("bot")).toContain("started bad");
    await killKeepers();
    await updating;
    await expect
      .poll(() => stage.app("bot"))
      .toMatchObject({ state: "running", command: expect.arrayContaining(["good"]) });
    await expect.poll(async () => pidsOf(await stage.app("bot"))).toEqual(marked());
  });

  test("with a file in place of an app's folder: the other apps are kept", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    const first = pidsOf(await stage.result("start", "bot.js", "--name", "first", ...QUICK));
    await stage.result("start", "bot.js", "--name", "second", ...QUICK);
    await killKeepers();
    await rm(stage.sandbox.path("state/run/apps/second"), { recursive: true });
    await stage.sandbox.write("state/run/apps/second", "");
    const apps = await stage.result<App[]>("status");
    expect(apps).toMatchObject([
      { name: "first", state: "running" },
      { name: "second", state: "unreadable" },
    ]);
    expect(pidsOf(apps[0] as App)).toEqual(first);
    await stage.result("delete", "second");
    await expect.poll(marked).toEqual(first);
  });

  test("while an app does not want to end: the others are answered at once", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    await stage.sandbox.write("stubborn.sh", "trap '' TERM\nwhile :; do sleep 0.1; done\n");
    await stage.result("start", "bot.js", ...QUICK);
    await stage.result("start", "stubborn.sh", "--kill-timeout", "10m", ...QUICK);
    const keeper = await client();
    keeper.call("keeper.stop", { name: "stubborn" }).catch(() => {}); // the keeper is killed
    await expect.poll(() => stage.sandbox.read("state/apps/stubborn.json")).toContain('"stopped": true');
    await killKeepers();
    expect(await stage.result("stop", "bot")).toMatchObject({ state: "stopped" });
  });
});

test("an upgrade to a program that does not start: the former program goes on", async () => {
  await stage.sandbox.write("bot.js", SLEEPER);
  const before = pidsOf(await stage.result("start", "bot.js", ...QUICK));
  const pid = await keeperPid();
  const keeper = await client();
  keeper.call("keeper.upgrade", { command: ["/bin/false"] }).catch(() => {}); // the connection ends
  await stage.keeperAfter(pid);
  expect(pidsOf(await stage.app("bot"))).toEqual(before);
});

describe("commands at the same time", () => {
  test("delete and restart: the app is gone", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    await stage.result("start", "bot.js", ...QUICK);
    const keeper = await client();
    const name = "bot";
    await Promise.allSettled([
      keeper.call("keeper.delete", { name }),
      keeper.call("keeper.restart", { name }),
      keeper.call("keeper.scale", { name, clones: 3 }),
      keeper.call("keeper.start-again", { name }),
    ]);
    keeper.close();
    expect(await stage.result("status")).toEqual([]);
    expect(marked()).toEqual([]);
    await killKeepers();
    expect(await stage.result("status")).toEqual([]);
  });

  test("stop ends a start that waits", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    const starting = stage.run("start", "bot.js", ...PATIENT);
    await expect.poll(() => stage.log("bot")).toContain("started");
    expect(await stage.result("stop", "bot")).toMatchObject({ state: "stopped" });
    expect((await starting).status).toBe(69);
    expect(marked()).toEqual([]);
  });
});

test("stop stops even if that cannot be saved, and says so", async () => {
  await stage.sandbox.write("bot.js", SLEEPER);
  await stage.result("start", "bot.js", ...QUICK);
  await rm(stage.sandbox.path("state/apps"), { recursive: true });
  await stage.sandbox.write("state/apps", "a file in the way");
  const { status, stderr } = await stage.run("stop", "bot");
  expect(status).not.toBe(0);
  expect(stderr).toContain("apps");
  expect(marked()).toEqual([]);
});

test("a failed update keeps the number of processes that scale has set", async () => {
  const port = await freePort();
  await stage.sandbox.write("server.js", `if (process.argv[2] === "bad") process.exit(9); ${SERVER}`);
  await stage.result("start", "server.js", "--port", String(port), ...QUICK);
  await stage.result("scale", "server", "2");
  expect((await stage.run("start", "server.js", "--port", String(port), ...PATIENT, "--", "bad")).status).toBe(69);
  expect(await stage.app("server")).toMatchObject({ state: "running", clones: 2, ready: 2 });
});

test("a Python program can wait on the socket", async () => {
  const port = await freePort();
  await stage.sandbox.write(
    "app.py",
    `import socket\nlistening = socket.socket(fileno=3)\nwhile True:\n    peer, _ = listening.accept()\n    peer.recv(65536)\n    peer.sendall(b"HTTP/1.1 200 OK\\r\\nConnection: close\\r\\n\\r\\npython")\n    peer.close()\n`,
  );
  await stage.result("start", "app.py", "--port", String(port), ...QUICK);
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("python");
});

test("a state folder that others can write to is refused", async () => {
  await stage.sandbox.write("state/apps/evil.json", "{}");
  const { chmod } = await import("node:fs/promises");
  await chmod(stage.sandbox.path("state/apps"), 0o777);
  const { status, stderr } = await stage.run("status");
  expect([status, stderr]).toEqual([69, expect.stringContaining("other users can write to it")]);
});
