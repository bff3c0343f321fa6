import { rm } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { freePort } from "../../bench/free-port.ts";
import { isRunning } from "../support/process-state.ts";
import { type App, pidsOf, SERVER, SLEEPER, useStage } from "./support/stage.ts";

const stage = useStage();
const QUICK = ["--stable-for", "300"];
/** For programs that fail: they do so earlier, however busy the machine is. */
const PATIENT = ["--stable-for", "60s"];

const get = (port: number) => fetch(`http://127.0.0.1:${port}/`).then((response) => response.text());

describe("start", () => {
  test("a second time does not start a second one", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    const first = await stage.result("start", "bot.js", ...QUICK);
    const second = await stage.result("start", "bot.js", ...QUICK);
    expect(pidsOf(second)).toEqual(pidsOf(first));
    expect((await stage.result<App[]>("status")).length).toBe(1);
  });

  test("fails with the reason if the program does not start, and is retried", async () => {
    await stage.sandbox.write(
      "app.js",
      `if (!require("fs").existsSync("db")) throw new Error("no database"); ${SLEEPER}`,
    );
    const { status, stderr } = await stage.run("start", "app.js", "--stable-for", "3s");
    expect(status).toBe(69);
    expect(stderr).toContain("clone 0 of app did not start: it exited with code 1; last output: Error: no database");
    expect(await stage.app("app")).toMatchObject({
      state: "failing",
      ready: 0,
      reason: expect.stringContaining("no database"),
    });
    await stage.sandbox.write("db", "");
    await expect.poll(() => stage.app("app")).toMatchObject({ state: "running", ready: 1 });
  });

  test("the name of a known app starts it again as it was", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    await stage.result("start", "bot.js", ...QUICK, "--", "first");
    await stage.result("stop", "bot");
    const app = await stage.result("start", "bot");
    expect(app).toMatchObject({ state: "running", command: expect.arrayContaining(["first"]) });
  });

  test("with other settings replaces what runs", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    const before = await stage.result("start", "bot.js", ...QUICK);
    const after = await stage.result("start", "bot.js", ...QUICK, "--", "changed");
    expect(pidsOf(after)).not.toEqual(pidsOf(before));
    expect(isRunning(pidsOf(before)[0])).toBe(false);
    await expect.poll(() => stage.log("bot")).toContain("started changed");
  });

  test("with settings that do not start leaves the old ones running", async () => {
    await stage.sandbox.write("bot.js", `if (process.argv[2] === "bad") process.exit(9); ${SLEEPER}`);
    await stage.result("start", "bot.js", ...QUICK, "--", "good");
    const { status, stderr } = await stage.run("start", "bot.js", ...PATIENT, "--", "bad");
    expect([status, stderr]).toEqual([69, expect.stringContaining("it exited with code 9")]);
    const app = await stage.app("bot");
    expect(app.command).toContain("good");
    await expect.poll(() => stage.app("bot")).toMatchObject({ state: "running", ready: 1 });
  });

  test("refuses what cannot be started, and starts nothing", async () => {
    await stage.sandbox.write("folder/file.txt", "");
    await stage.sandbox.write("bot.js", SLEEPER);
    const cases: [words: string[], error: RegExp][] = [
      [["missing.js"], /does not exist/],
      [["folder"], /is a directory/],
      [["folder/file.txt"], /file\.txt/],
      [["bot.js", "--no-such-option"], /unknown option --no-such-option/],
      [["bot.js", "--clones", "1000"], /clones/],
      [["bot.js", "--name", "../evil"], /name/],
    ];
    for (const [words, error] of cases) {
      const { status, stderr } = await stage.run("start", ...words);
      expect(stderr).toMatch(error);
      expect(status).not.toBe(0);
    }
    expect(await stage.result("status")).toEqual([]);
  });
});

describe("processes that end", () => {
  test("with a stop exit code are not", async () => {
    await stage.sandbox.write("job.js", `setTimeout(() => process.exit(3), 600)`);
    await stage.result("start", "job.js", ...QUICK, "--stop-exit-codes", "0,3");
    await expect.poll(() => stage.app("job")).toMatchObject({ state: "stopped", restarts: 0 });
  });

  test("without autorestart are not", async () => {
    await stage.sandbox.write("job.js", `setTimeout(() => process.exit(3), 600)`);
    await stage.result("start", "job.js", ...QUICK, "--no-autorestart");
    await expect.poll(() => stage.app("job")).toMatchObject({ state: "failing", restarts: 0 });
    expect((await stage.app("job")).members).toMatchObject([{ state: "crashed", last_end: "exited with code 3" }]);
  });

  test("after a number of failed starts are not", async () => {
    await stage.sandbox.write("bad.js", "process.exit(1)");
    await stage.run("start", "bad.js", ...PATIENT, "--max-restarts", "2", "--restart-delay", "1");
    await expect.poll(() => stage.app("bad")).toMatchObject({ members: [{ state: "hopeless", failed_starts: 3 }] });
  });
});

describe("stop, restart, scale, delete", () => {
  test("end stops everything, and the next command starts it again", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    const [pid] = pidsOf(await stage.result("start", "bot.js", ...QUICK));
    await stage.run("end");
    expect(isRunning(pid)).toBe(false);
    expect(await stage.keeper()).toBeUndefined();
    await expect.poll(() => stage.app("bot")).toMatchObject({ state: "running", ready: 1 });
  });

  test("restart reads the environment file again", async () => {
    await stage.sandbox.write("bot.js", `console.log("value " + process.env.VALUE); ${SLEEPER}`);
    await stage.sandbox.write(".env", "VALUE=1");
    await stage.result("start", "bot.js", ...QUICK, "--env-file", ".env");
    await stage.sandbox.write(".env", "VALUE=2");
    await stage.result("restart", "bot");
    await expect.poll(() => stage.log("bot")).toMatch(/value 1\n(.*\n)*.*value 2\n/);
  });

  test("scale starts and stops processes, and is remembered", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    const before = pidsOf(await stage.result("start", "bot.js", ...QUICK));
    const three = pidsOf(await stage.result("scale", "bot", "3"));
    expect(three).toEqual([...before, expect.any(Number), expect.any(Number)]);
    const two = pidsOf(await stage.result("scale", "bot", "2"));
    expect(two).toEqual(three.slice(0, 2));
    expect(isRunning(three[2])).toBe(false);
    await stage.run("end");
    await expect.poll(() => stage.app("bot")).toMatchObject({ clones: 2, ready: 2 });
  });

  test("delete forgets", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    const [pid] = pidsOf(await stage.result("start", "bot.js", ...QUICK));
    expect(await stage.result("delete", "bot")).toBeNull();
    expect(isRunning(pid)).toBe(false);
    expect(await stage.result("status")).toEqual([]);
    expect(await stage.run("stop", "bot")).toMatchObject({
      status: 66,
      stderr: expect.stringContaining("there is no app bot"),
    });
  });
});

describe("an app with a port", () => {
  test("settings that do not start leave the old processes serving", async () => {
    const port = await freePort();
    await stage.sandbox.write("server.js", `if (process.argv[2] === "bad") process.exit(9); ${SERVER}`);
    const before = await stage.result("start", "server.js", "--port", String(port), ...QUICK, "--", "good");
    const { status } = await stage.run("start", "server.js", "--port", String(port), ...PATIENT, "--", "bad");
    expect(status).toBe(69);
    expect(await stage.app("server")).toMatchObject({
      state: "running",
      members: before.members.map(({ pid }) => ({ pid })),
    });
    expect(await get(port)).toMatch(/ good$/);
  });

  test("is refused if another app has the port, or another program", async () => {
    const port = await freePort();
    await stage.sandbox.write("server.js", SERVER);
    await stage.result("start", "server.js", "--port", String(port), ...QUICK);
    const other = await stage.run("start", "server.js", "--name", "other", "--port", String(port));
    expect(other).toMatchObject({
      status: 75,
      stderr: expect.stringContaining(`port ${port} belongs to the app server`),
    });
    expect(await stage.result("status")).toHaveLength(1);
    await stage.result("delete", "server");
    const { createServer } = await import("node:net");
    const blocker = createServer().listen(port, "127.0.0.1");
    try {
      const blocked = await stage.run("start", "server.js", "--port", String(port));
      expect(blocked.stderr).toContain(`port ${port} is in use by process ${process.pid}`);
      expect(blocked.status).toBe(75);
    } finally {
      blocker.close();
    }
  });
});

test("a working directory that vanished is the reason why it does not start", async () => {
  await stage.sandbox.write("here/bot.js", SLEEPER);
  const [pid = 0] = pidsOf(await stage.result("start", "bot.js", "--cwd", "here", ...QUICK));
  await rm(stage.sandbox.path("here"), { recursive: true });
  process.kill(pid, "SIGKILL");
  await expect
    .poll(() => stage.app("bot"))
    .toMatchObject({ state: "failing", reason: expect.stringContaining("here") });
});
