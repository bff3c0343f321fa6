import { describe, expect, test } from "vitest";
import { type App, pidsOf, SLEEPER, useStage } from "./support/stage.ts";

const stage = useStage();
const QUICK = ["--stable-for", "300"];
const EACH_SECOND = ["--cron", "* * * * * *"];
/** The first of January at midnight. */
const SELDOM = ["--cron", "0 0 1 1 *"];

const runs = async (name: string) => (await stage.log(name)).split(" out run").length - 1;

describe("--cron", () => {
  test("restarts the app at its times, and status has the next one", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    const before = await stage.result("start", "bot.js", ...QUICK, ...EACH_SECOND);
    await expect.poll(() => stage.log("bot")).toMatch(/note restart: --cron "\* \* \* \* \* \*"\n.*started/s);
    const app = await stage.result("start", "bot.js", ...QUICK, ...SELDOM);
    expect(pidsOf(app)).not.toEqual(pidsOf(before));
    const next = new Date((app.next_time ?? 0) * 1000);
    expect([next.getMonth(), next.getDate(), next.getHours()]).toEqual([0, 1, 0]);
    const { next_time } = await stage.result("start", "bot.js", ...QUICK);
    expect(next_time).toBeUndefined();
  });

  test("does not start an app that was stopped", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    await stage.sandbox.write("clock.js", SLEEPER);
    await stage.result("start", "clock.js", ...QUICK, ...EACH_SECOND);
    await stage.result("start", "bot.js", ...QUICK, ...EACH_SECOND);
    const { next_time } = await stage.result("stop", "bot");
    expect(next_time).toBeUndefined();
    const { restarts } = await stage.app("clock");
    await expect.poll(async () => (await stage.app("clock")).restarts).toBeGreaterThan(restarts + 1);
    expect(await stage.app("bot")).toMatchObject({ state: "stopped", ready: 0 });
  });

  test.each(["tomorrow", "61 * * * *", "0 0 30 2 *"])("%s is refused before anything starts", async (expression) => {
    await stage.sandbox.write("bot.js", SLEEPER);
    const { status, stderr } = await stage.run("start", "bot.js", "--cron", expression);
    expect([status, stderr]).toEqual([64, expect.stringContaining(`cron "${expression}" is invalid`)]);
    expect(await stage.result<App[]>("status")).toEqual([]);
  });

  test("is kept by the next keeper", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    await stage.result("start", "bot.js", ...QUICK, ...EACH_SECOND);
    const { pid = 0 } = (await stage.keeper()) ?? {};
    process.kill(pid, "SIGKILL");
    await stage.keeperAfter(pid);
    const { restarts } = await stage.app("bot");
    await expect.poll(async () => (await stage.app("bot")).restarts).toBeGreaterThan(restarts);
  });
});

describe("a job: --cron with --no-autorestart", () => {
  test("has started when it has ended with 0, and is started again each time", async () => {
    await stage.sandbox.write("job.sh", "echo run\n");
    const app = await stage.result("start", "job.sh", "--stable-for", "60s", "--no-autorestart", ...EACH_SECOND);
    expect(app.next_time).toBeGreaterThan(Date.now() / 1000 - 5);
    await expect.poll(() => runs("job")).toBeGreaterThan(2);
    expect(await stage.app("job")).toMatchObject({ crashes: 0, faults: [] });
    const idle = await stage.result("start", "job.sh", "--stable-for", "60s", "--no-autorestart", ...SELDOM);
    expect(idle).toMatchObject({ state: "stopped", crashes: 0, members: [{ state: "stopped" }] });
  });

  test("that fails is started again at the next time, and not before", async () => {
    await stage.sandbox.write("job.sh", "echo run\nexit 3\n");
    const { status, stderr } = await stage.run("start", "job.sh", "--stable-for", "60s", "--no-autorestart", ...SELDOM);
    expect([status, stderr]).toEqual([69, expect.stringContaining("exited with code 3")]);
    expect(await stage.app("job")).toMatchObject({ state: "failing", members: [{ state: "crashed" }], restarts: 0 });
    await stage.run("start", "job.sh", "--stable-for", "60s", "--no-autorestart", ...EACH_SECOND);
    await expect.poll(() => runs("job")).toBeGreaterThan(3);
  });

  test("is left to its end if it still runs at the next time", async () => {
    await stage.sandbox.write("job.sh", "echo run\nwhile [ ! -e done ]; do sleep 0.1; done\n");
    const { members } = await stage.result("start", "job.sh", ...QUICK, "--no-autorestart", ...EACH_SECOND);
    await expect.poll(() => stage.log("job")).toMatch(/note not started again .*: the last run goes on\n/);
    expect((await stage.app("job")).members[0]?.pid).toBe(members[0]?.pid);
    await stage.sandbox.write("done", "");
    await expect.poll(() => runs("job")).toBeGreaterThan(1);
  });

  test.each([0, 3])("that has ended with %i is not run again by the next keeper", async (code) => {
    await stage.sandbox.write("job.sh", `echo run\nsleep 0.5\nexit ${code}\n`);
    await stage.result("start", "job.sh", "--stable-for", "50", "--no-autorestart");
    const state = code === 0 ? "stopped" : "crashed";
    await expect.poll(() => stage.app("job")).toMatchObject({ members: [{ state }] });
    const { pid = 0 } = (await stage.keeper()) ?? {};
    process.kill(pid, "SIGKILL");
    await stage.keeperAfter(pid);
    expect(await stage.app("job")).toMatchObject({ members: [{ state }] });
    expect(await runs("job")).toBe(1);
    await stage.result("restart", "job").catch(() => {}); // a failure is reported if it ends before it is stable
    await expect.poll(() => runs("job")).toBe(2);
  });
});
