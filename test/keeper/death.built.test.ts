import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { freePort } from "../../bench/free-port.ts";
import { processesWith } from "../../internal/processes/descendants.ts";
import { isRunning } from "../support/process-state.ts";
import { type App, pidsOf, SERVER, SLEEPER, useStage } from "./support/stage.ts";

const stage = useStage();
const QUICK = ["--stable-for", "300"];

/** Sends requests one after the other, each on a new connection, until `during` is over. Fails if one fails. */
async function requestsDuring(port: number, during: Promise<unknown>): Promise<string[]> {
  let isOver = false;
  const over = during.finally(() => {
    isOver = true;
  });
  over.catch(() => {}); // awaited below
  const answers: string[] = [];
  while (!isOver) {
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: "close" } });
    answers.push(await response.text());
  }
  await over;
  return answers;
}

async function runningKeeper(): Promise<number> {
  const status = await stage.keeper();
  if (status === undefined) throw new Error("no keeper runs");
  return status.pid;
}

async function killKeeper(): Promise<number> {
  const pid = await runningKeeper();
  process.kill(pid, "SIGKILL");
  return pid;
}

/** The keeper and the shell that waits for its death. */
async function killAllKeepers(): Promise<void> {
  const clones = new Set(processesWith("XSYS_CLONE_STATE", stage.state).map(({ pid }) => pid));
  for (const { pid } of processesWith("XSYS_STATE", stage.state)) if (!clones.has(pid)) process.kill(pid, "SIGKILL");
  await expect.poll(() => stage.keeper()).toBeUndefined();
}

describe("a killed keeper", () => {
  test("is replaced, and the next one takes the processes over", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    const before = pidsOf(await stage.result("start", "bot.js", "--clones", "2", ...QUICK));
    let pid = await runningKeeper();
    for (let round = 0; round < 3; round++) {
      process.kill(pid, "SIGKILL");
      const { apps, pid: next } = await stage.keeperAfter(pid);
      expect(apps).toMatchObject([{ name: "bot", ready: 2, restarts: 0 }]);
      expect(apps.flatMap(pidsOf)).toEqual(before);
      pid = next;
    }
    process.kill(before[0] as number, "SIGKILL");
    await expect.poll(() => stage.app("bot")).toMatchObject({ ready: 2, restarts: 1, crashes: 1 });
  });

  test.each(["frames", "socket"])("loses no request of an app with the front %s", async (front) => {
    const port = await freePort();
    await stage.sandbox.write("server.js", SERVER);
    const words = ["--port", String(port), "--clones", "2", "--front", front, ...QUICK];
    const app = await stage.result("start", "server.js", ...words);
    const deaths = async () => {
      for (let round = 0; round < 3; round++) await stage.keeperAfter(await killKeeper());
    };
    const answers = await requestsDuring(port, deaths());
    expect(answers.length).toBeGreaterThan(10);
    expect(pidsOf(await stage.app("server"))).toEqual(pidsOf(app));
    // The listening socket was taken from a process that has it: a further clone gets connections, too.
    const three = await stage.result("scale", "server", "3");
    expect(three.ready).toBe(3);
    await stage.result("stop", "server");
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });

  test("leaves processes whose end is reported by the next one, with their status", async () => {
    await stage.sandbox.write(
      "job.js",
      `process.on("SIGUSR2", () => { console.log("ending"); process.exit(42); }); ${SLEEPER}`,
    );
    const [pid = 0] = pidsOf(await stage.result("start", "job.js", ...QUICK));
    await expect.poll(() => stage.log("job")).toContain("started");
    await stage.keeperAfter(await killKeeper());
    process.kill(pid, "SIGUSR2");
    await expect.poll(() => stage.app("job")).toMatchObject({ ready: 1, restarts: 1 });
    const [crash] = await stage.result<unknown[]>("crashes", "job");
    expect(crash).toMatchObject({ pid, exit_code: 42, last_lines: ["ending"] });
  });

  test("and a killed successor are replaced by the next command; what ended meanwhile is started", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    const [first = 0, second] = pidsOf(await stage.result("start", "bot.js", "--clones", "2", ...QUICK));
    await killAllKeepers();
    process.kill(first, "SIGKILL");
    await expect.poll(() => isRunning(first)).toBe(false);
    await expect.poll(() => stage.app("bot")).toMatchObject({ ready: 2 });
    expect(pidsOf(await stage.app("bot"))).toEqual([expect.any(Number), second]);
  });

  test("loses no line of output", async () => {
    await stage.sandbox.write(
      "count.js",
      `let n = 0; const print = () => { for (let i = 0; i < 20 && n < 2000; i++) console.log("line " + n++); setTimeout(print, 5); }; print();`,
    );
    await stage.result("start", "count.js", ...QUICK);
    for (let round = 0; round < 2; round++) await stage.keeperAfter(await killKeeper());
    await expect.poll(() => stage.log("count")).toContain("line 1999\n");
    const lines = (await stage.log("count")).match(/line \d+/g) ?? [];
    expect(new Set(lines).size).toBe(lines.length);
    // A keeper that is killed between a read and the write loses that read: docs/apps.md.
    expect(lines.length).toBeGreaterThan(1_900);
  });
});

test("a killed successor is replaced", async () => {
  await stage.sandbox.write("bot.js", SLEEPER);
  await stage.result("start", "bot.js", ...QUICK);
  const keeper = await runningKeeper();
  const clones = processesWith("XSYS_CLONE_STATE", stage.state).map(({ pid }) => pid);
  const successorOf = () =>
    processesWith("XSYS_STATE", stage.state).find(({ pid }) => pid !== keeper && !clones.includes(pid))?.pid;
  const first = successorOf() ?? 0;
  process.kill(first, "SIGKILL");
  await expect.poll(() => successorOf() ?? first).not.toBe(first);
  await killKeeper();
  expect((await stage.keeperAfter(keeper)).apps).toMatchObject([{ ready: 1 }]);
});

test.each(["frames", "socket"])(
  "an upgrade keeps the keeper's pid and the processes, and loses no request of the front %s",
  async (front) => {
    const port = await freePort();
    await stage.sandbox.write("server.js", `process.on("SIGUSR2", () => process.exit(42)); ${SERVER}`);
    const words = ["--port", String(port), "--clones", "2", "--front", front, ...QUICK];
    const app = await stage.result("start", "server.js", ...words);
    const pid = await runningKeeper();
    const upgrades = async () => {
      for (let round = 0; round < 3; round++) {
        expect(await stage.result<unknown>("upgrade")).toMatchObject({ pid });
      }
    };
    const answers = await requestsDuring(port, upgrades());
    expect(answers.length).toBeGreaterThan(10);
    expect(pidsOf(await stage.app("server"))).toEqual(pidsOf(app));
    process.kill(pidsOf(app)[0] as number, "SIGUSR2");
    await expect.poll(() => stage.app("server")).toMatchObject({ ready: 2, restarts: 1 });
    const [crash] = await stage.result<unknown[]>("crashes", "server");
    expect(crash).toMatchObject({ exit_code: 42 });
  },
);

test("an upgrade waits for the changes in progress, whose commands get their answers", async () => {
  await stage.sandbox.write("bot.js", SLEEPER);
  await stage.result("start", "bot.js", ...QUICK);
  const starting = stage.result("start", "bot.js", "--name", "slow", "--stable-for", "2s");
  await expect.poll(async () => (await stage.result<App[]>("status")).map(({ name }) => name)).toContain("slow");
  const [slow] = await Promise.all([starting, stage.result<unknown>("upgrade"), stage.result<unknown>("upgrade")]);
  expect(slow).toMatchObject({ name: "slow", state: "running" });
  expect(pidsOf(await stage.app("slow"))).toEqual(pidsOf(slow));
});

test("SIGTERM to the keeper stops the apps, and the next keeper starts them", async () => {
  await stage.sandbox.write("bot.js", SLEEPER);
  const [pid] = pidsOf(await stage.result("start", "bot.js", ...QUICK));
  process.kill(await runningKeeper(), "SIGTERM");
  await expect.poll(() => stage.keeper()).toBeUndefined();
  expect(isRunning(pid)).toBe(false);
  await expect.poll(() => stage.app("bot")).toMatchObject({ state: "running", ready: 1 });
});

describe("what an app leaves behind", () => {
  test("is ended with it, even in a session of its own and ignoring SIGTERM", async () => {
    await stage.sandbox.write(
      "app.sh",
      `trap '' TERM\nsetsid sh -c 'trap "" TERM; echo child $$; while :; do sleep 0.1; done' &\nwhile :; do sleep 0.1; done\n`,
    );
    await stage.result("start", "app.sh", ...QUICK, "--kill-timeout", "500");
    await expect.poll(() => stage.log("app")).toContain("child");
    const child = Number(/child (\d+)/.exec(await stage.log("app"))?.[1]);
    expect(isRunning(child)).toBe(true);
    await stage.result("stop", "app");
    expect(isRunning(child)).toBe(false);
    expect(processesWith("XSYS_CLONE_STATE", stage.state)).toEqual([]);
  });

  test("is ended after its crash", async () => {
    await stage.sandbox.write(
      "app.sh",
      `setsid sh -c 'echo child $$; while :; do sleep 0.1; done' &\nwhile [ ! -e crash ]; do sleep 0.1; done\nexit 5\n`,
    );
    await stage.result("start", "app.sh", ...QUICK, "--no-autorestart");
    await expect.poll(() => stage.log("app")).toContain("child");
    const child = Number(/child (\d+)/.exec(await stage.log("app"))?.[1]);
    await stage.sandbox.write("crash", "");
    await expect.poll(() => isRunning(child)).toBe(false);
    expect(await stage.app("app")).toMatchObject({ members: [{ state: "crashed" }] });
  });
});

test("a port that is in use after a change of keepers is tried again until it is free", async () => {
  const port = await freePort();
  await stage.sandbox.write("server.js", SERVER);
  await stage.result("start", "server.js", "--port", String(port), ...QUICK);
  await stage.run("end");
  const blocker = createServer().listen(port, "127.0.0.1");
  try {
    const app = await stage.app("server");
    expect(app).toMatchObject({ state: "failing", faults: [expect.stringContaining(`port ${port} is in use`)] });
  } finally {
    blocker.close();
  }
  await expect.poll(() => stage.app("server")).toMatchObject({ state: "running", ready: 1, faults: [] });
});
