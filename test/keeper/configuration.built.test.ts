import { expect, test } from "vitest";
import type { Result } from "../../protocol/commands/index.ts";
import { useChildren } from "../support/children.ts";
import { startXsys } from "../support/command-line.ts";
import { type App, pidsOf, SLEEPER, useStage } from "./support/stage.ts";

const stage = useStage();
const children = useChildren();

const config = (...apps: string[]) => `apps:\n${apps.map((app) => `  - { stableFor: 300, ${app} }\n`).join("")}`;

test("apply acts only on what changed, and diff says what that is", async () => {
  await stage.sandbox.write("bot.js", SLEEPER);
  await stage.sandbox.write(
    "xsys.config.yaml",
    config("name: a, entry: bot.js", "name: b, entry: bot.js, env: { API_TOKEN: one }"),
  );
  const first = await stage.result<Result<"app.apply">>("apply");
  expect(first).toMatchObject({ started: ["a", "b"], changed: [], kept: [], removed: [], warnings: [] });
  const before = await stage.result<App[]>("status");
  expect(await stage.result<unknown>("apply")).toMatchObject({ started: [], changed: [], kept: ["a", "b"] });
  expect((await stage.result<App[]>("status")).map(pidsOf)).toEqual(before.map(pidsOf));

  await stage.sandbox.write("xsys.config.yaml", config("name: b, entry: bot.js, env: { API_TOKEN: two }"));
  const planned = await stage.result<Result<"app.diff">>("diff");
  expect(planned).toMatchObject({
    started: [],
    changed: [{ name: "b", fields: [{ field: "environment.own.API_TOKEN" }] }],
    removed: ["a"],
  });
  expect(JSON.stringify(planned)).not.toMatch(/one|two/);
  await stage.result<unknown>("apply", "--prune");
  const [b, ...others] = await stage.result<App[]>("status");
  expect(others).toEqual([]);
  expect(b?.name).toBe("b");
  expect(pidsOf(b as App)).not.toEqual(pidsOf(before[1] as App));
});

test("apply starts the good apps if one is bad, and fails with its reason", async () => {
  await stage.sandbox.write("bot.js", SLEEPER);
  await stage.sandbox.write("bad.js", "throw new Error('not today')");
  await stage.sandbox.write(
    "ecosystem.config.js",
    `module.exports = { apps: [{ name: "bad", script: "bad.js", min_uptime: 60000 }, { name: "good", script: "bot.js", watch: true }] };`,
  );
  const { status, stderr } = await stage.run("apply");
  expect([status, stderr]).toEqual([69, expect.stringMatching(/1 of 2 apps did not start: .*not today/)]);
  expect(await stage.app("good")).toMatchObject({ state: "running" });
});

test("two apps on one port are refused before anything starts", async () => {
  await stage.sandbox.write("bot.js", SLEEPER);
  await stage.sandbox.write(
    "xsys.config.json",
    `[{"name":"a","entry":"bot.js","port":4000},{"name":"b","entry":"bot.js","port":4000}]`,
  );
  const { status, stderr } = await stage.run("apply");
  expect([status, stderr]).toEqual([64, expect.stringContaining("the apps a and b both have port 4000")]);
  expect(await stage.result("status")).toEqual([]);
});

test("logs shows the output of all processes, and follows it across a restart", async () => {
  await stage.sandbox.write("bot.js", `console.error("careful"); ${SLEEPER}`);
  await stage.result("start", "bot.js", "--stable-for", "300");
  await expect.poll(() => stage.log("bot")).toMatch(/careful\n.*started|started.*\n.*careful/);
  const { stdout, status } = await stage.run("logs", "bot");
  expect(status).toBe(0);
  expect(stdout).toMatch(/\[0\] ! careful/);
  expect(stdout).toMatch(/\[0\] started/);
  const errors = await stage.run("--json", "logs", "bot", "--level", "error");
  expect(errors.stdout).toContain('"line":"careful"');
  expect(errors.stdout).not.toContain("started");

  const follower = children.add(startXsys(["app", "logs", "bot", "--follow", "--lines", "0"], { env: stage.env }));
  let followed = "";
  follower.stdout?.on("data", (bytes) => {
    followed += bytes;
  });
  await stage.sandbox.write("bot.js", `console.log("second life"); ${SLEEPER}`);
  await expect
    .poll(async () => {
      await stage.result("restart", "bot");
      return followed;
    })
    .toContain("second life");
});

test("logs of an app that was never started, and names that are paths, are errors", async () => {
  expect(await stage.run("logs", "nothing")).toMatchObject({
    status: 66,
    stderr: expect.stringContaining("no app nothing"),
  });
  expect(await stage.run("logs", "../apps")).toMatchObject({ status: 64 });
});
