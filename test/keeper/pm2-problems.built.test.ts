import { readFileSync } from "node:fs";
import { symlink, unlink } from "node:fs/promises";
import { expect, test } from "vitest";
import { freePort } from "../../bench/free-port.ts";
import { platform } from "../../internal/facts/platform.ts";
import { processesWith } from "../../internal/processes/descendants.ts";
import { isRunning } from "../support/process-state.ts";
import { pidsOf, SLEEPER, useStage } from "./support/stage.ts";

/** Problems that users of other process managers have: docs/process-manager-problems.md. */
const stage = useStage();
const QUICK = ["--stable-for", "300"];

function commandLineOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
}

test("restarts that overlap leave exactly the wanted processes, with the latest code", async () => {
  await stage.sandbox.write("bot.js", SLEEPER);
  await stage.result("start", "bot.js", "--clones", "2", ...QUICK);
  await stage.sandbox.write("bot.js", `console.log("new code"); ${SLEEPER}`);
  await Promise.all([stage.result("restart", "bot"), stage.result("restart", "bot"), stage.result("restart", "bot")]);
  const { members } = await stage.app("bot");
  expect(members).toMatchObject([{ state: "ready" }, { state: "ready" }]);
  const running = processesWith("XSYS_APP", "bot").filter(({ pid }) =>
    processesWith("XSYS_CLONE_STATE", stage.state).some((each) => each.pid === pid),
  );
  expect(running.map(({ pid }) => pid).sort()).toEqual(pidsOf({ members }).sort());
});

test("a variable that was removed is gone after the next start", async () => {
  await stage.sandbox.write("bot.js", `console.log("value " + process.env.SOME_VALUE); ${SLEEPER}`);
  stage.options = { env: { ...stage.env, SOME_VALUE: "set" } };
  await stage.result("start", "bot.js", ...QUICK);
  await expect.poll(() => stage.log("bot")).toContain("value set");
  stage.options = {};
  await stage.result("start", "bot.js", ...QUICK);
  await expect.poll(() => stage.log("bot")).toContain("value undefined");
});

test("several processes on one port run with the given interpreter", async () => {
  await stage.sandbox.write("app.txt", "exec sleep 1000");
  const words = ["--interpreter", "/bin/sh", "--clones", "2", "--port", String(await freePort()), ...QUICK];
  const app = await stage.result("start", "app.txt", ...words);
  expect(app.command[0]).toBe("/bin/sh");
  expect(pidsOf(app).map(commandLineOf)).toEqual([
    ["sleep", "1000"],
    ["sleep", "1000"],
  ]);
});

test("a restart follows a link to the current release that was changed", async () => {
  for (const release of ["one", "two"]) {
    await stage.sandbox.write(`${release}/bot.js`, `console.log("release ${release} " + process.cwd()); ${SLEEPER}`);
  }
  const current = stage.sandbox.path("current");
  await symlink("one", current);
  await stage.result("start", "bot.js", "--cwd", current, ...QUICK);
  await expect.poll(() => stage.log("bot")).toContain("release one");
  await unlink(current);
  await symlink("two", current);
  await stage.result("restart", "bot");
  await expect.poll(() => stage.log("bot")).toMatch(/release two .*\/two/);
});

test("scaling down lets requests in flight end", async () => {
  const port = await freePort();
  await stage.sandbox.write(
    "slow.js",
    `const server = require("node:http").createServer((request, response) => {
       response.write("begun ");
       process.once("SIGTERM", () => setTimeout(() => response.end("ended"), 300));
     });
     process.on("SIGTERM", () => server.close(() => process.exit()));
     server.listen({ fd: 3 }, () => console.log("listening"));`,
  );
  const words = ["--port", String(port), "--front", "socket", "--clones", "2", ...QUICK];
  const app = await stage.result("start", "slow.js", ...words);
  for (const clone of ["0", "1"]) await expect.poll(() => stage.log("slow")).toContain(` ${clone} out listening`);
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => fetch(`http://127.0.0.1:${port}/`, { headers: { connection: "close" } })),
  );
  await stage.result("scale", "slow", "1");
  expect(isRunning(pidsOf(app)[1])).toBe(false);
  await stage.result("stop", "slow");
  expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(answers.map(() => "begun ended"));
});

test("secrets on the command line are masked in listings", async () => {
  await stage.sandbox.write("bot.js", SLEEPER);
  await stage.result("start", "bot.js", ...QUICK, "--", "--api-token=abcdef0123456789");
  for (const words of [["status"], ["--json", "status"], ["--json", "status", "bot"]]) {
    expect((await stage.run(...words)).stdout).not.toContain("abcdef0123456789");
  }
});

test("SIGUSR1 opens no debugger in the keeper", async () => {
  await stage.sandbox.write("bot.js", SLEEPER);
  await stage.result("start", "bot.js", ...QUICK);
  const { pid = 0 } = (await stage.keeper()) ?? {};
  process.kill(pid, "SIGUSR1");
  expect(await stage.app("bot")).toMatchObject({ state: "running" });
  const ports = await platform.ports(new AbortController().signal);
  expect(ports.filter((port) => port.pid === pid)).toEqual([]);
});
