import { describe, expect, test } from "vitest";
import { freePort } from "../../bench/free-port.ts";
import { isRunning } from "../support/process-state.ts";
import { pidsOf, SERVER, SLEEPER, useStage } from "./support/stage.ts";

const stage = useStage();
const QUICK = ["--stable-for", "300"];

const get = (port: number) => fetch(`http://127.0.0.1:${port}/`).then((response) => response.text());

describe("an app", () => {
  test("runs a script, and says so when it has run for a moment", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    const app = await stage.result("start", "bot.js", ...QUICK, "--", "one", "--two");
    expect(app).toMatchObject({ name: "bot", state: "running", clones: 1, ready: 1, front: "none", restarts: 0 });
    expect(isRunning(pidsOf(app)[0])).toBe(true);
    await expect.poll(() => stage.log("bot")).toMatch(/^\S+Z 0 out started one --two\n$/);
  });

  test("are started again", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    const [pid = 0] = pidsOf(await stage.result("start", "bot.js", ...QUICK));
    await expect.poll(() => stage.log("bot")).toContain("started");
    process.kill(pid, "SIGKILL");
    await expect.poll(() => stage.app("bot")).toMatchObject({ state: "running", crashes: 1, restarts: 1 });
    const [crash] = await stage.result<unknown[]>("crashes", "bot");
    expect(crash).toMatchObject({ clone: "0", pid, signal: "SIGKILL", last_lines: ["started "] });
  });

  test("stop stops, and is remembered", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    const [pid] = pidsOf(await stage.result("start", "bot.js", ...QUICK));
    expect(await stage.result("stop", "bot")).toMatchObject({ state: "stopped", members: [] });
    expect(isRunning(pid)).toBe(false);
    await stage.run("end");
    expect(await stage.app("bot")).toMatchObject({ state: "stopped" });
  });

  test("serves from all its processes, and restart refuses no connection", async () => {
    const port = await freePort();
    await stage.sandbox.write("server.js", SERVER);
    const before = await stage.result("start", "server.js", "--port", String(port), "--clones", "2", ...QUICK);
    expect(before).toMatchObject({ address: `127.0.0.1:${port}`, ready: 2, front: "frames" });
    let isOver = false;
    const restarted = stage.result("restart", "server").finally(() => {
      isOver = true;
    });
    restarted.catch(() => {}); // awaited below
    const answers: string[] = [];
    while (!isOver) answers.push(await get(port));
    const after = pidsOf(await restarted);
    expect(after).toHaveLength(2);
    expect(after.some((pid) => pidsOf(before).includes(pid))).toBe(false);
    expect(answers.length).toBeGreaterThan(10);
    expect(after).toContain(Number.parseInt(await get(port), 10));
  });
});
