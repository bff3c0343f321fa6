import { spawn } from "node:child_process";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { freePort } from "../../bench/free-port.ts";
import { ended } from "../support/command-line.ts";
import { programWith } from "../support/program.ts";
import { type App, pidsOf, SLEEPER, useStage } from "./support/stage.ts";

const stage = useStage();
const QUICK = ["--stable-for", "300"];
/** For programs that fail: they do so earlier, however busy the machine is. */
const PATIENT = ["--stable-for", "4s"];

/** Waits until the keeper says that the files are watched, for the nth time. */
async function watched(times = 1): Promise<void> {
  const lines = async () => (await stage.sandbox.read("state/keeper.log")).split("are watched").length - 1;
  await expect.poll(lines).toBeGreaterThanOrEqual(times);
}

describe("--watch", () => {
  test("restarts the app when a file changes, and its log says which one", async () => {
    await stage.sandbox.write("app/bot.js", `require("./lib/part.js"); ${SLEEPER}`);
    await stage.sandbox.write("app/lib/part.js", `console.log("part 1");`);
    const before = await stage.result("start", "bot.js", ...QUICK, "--cwd", "app", "--watch");
    expect(before.watches).toEqual([stage.sandbox.path("app")]);
    await watched();
    await stage.sandbox.write("app/lib/part.js", `console.log("part 2");`);
    await expect.poll(() => stage.log("bot")).toMatch(/- note restart: lib\/part\.js changed\n.*part 2/s);
    await expect.poll(async () => (await stage.app("bot")).state).toBe("running");
    expect(pidsOf(await stage.app("bot"))).not.toEqual(pidsOf(before));
  });

  test("changes close together cause one restart; ignored files and the state folder cause none", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    const before = await stage.result("start", "bot.js", ...QUICK, "--watch", "--ignore-watch", "data,*.tmp");
    await watched();
    for (const path of ["data/a", "x.tmp", "node_modules/a/index.js", ".git/index", "out.log"]) {
      await stage.sandbox.write(path, "ignored");
    }
    for (const path of ["a.js", "b.js", "c.js"]) await stage.sandbox.write(path, "1");
    await expect.poll(() => stage.log("bot")).toMatch(/restart: a\.js and 2 more changed\n.*started/s);
    await expect.poll(async () => (await stage.app("bot")).state).toBe("running");
    expect((await stage.app("bot")).restarts).toBe(before.restarts + 1);
  });

  test("of some paths ignores the others", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    await stage.sandbox.write("config.json", "1");
    await stage.sandbox.write("src/a.js", "1");
    await stage.result("start", "bot.js", ...QUICK, "--watch=src,config.json");
    await watched();
    await stage.sandbox.write("bot.js", `${SLEEPER} // changed`);
    await stage.sandbox.write("config.json", "2");
    await expect.poll(() => stage.log("bot")).toContain("restart: config.json changed\n");
  });

  test("is changed and turned off without a restart", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    const before = await stage.result("start", "bot.js", ...QUICK, "--watch");
    const after = await stage.result("start", "bot.js", ...QUICK);
    expect([pidsOf(after), after.watches]).toEqual([pidsOf(before), undefined]);
  });

  test.each([
    [["--watch=gone"], 66, "gone does not exist"],
    [["--watch=src/*.js"], 66, "patterns are not supported"],
    [["--watch=/"], 64, "watch must be a file or a directory below the root directory"],
    [["--watch", "--ignore-watch", "*a*b*c*d*e*"], 64, "more than 4 stars"],
  ])("%s is refused before anything starts", async (words, status, message) => {
    await stage.sandbox.write("bot.js", SLEEPER);
    expect(await stage.run("start", "bot.js", ...words)).toMatchObject({
      status,
      stderr: expect.stringContaining(message),
    });
    expect(await stage.result<App[]>("status")).toEqual([]);
  });
});

describe("a change that breaks the app", () => {
  test("leaves the old processes serving, and the next change is tried", async () => {
    const port = await freePort();
    const server = (text: string) =>
      `require("node:http").createServer((_, res) => res.end("${text}")).listen(process.env.PORT);`;
    const get = () => fetch(`http://127.0.0.1:${port}/`).then((response) => response.text());
    await stage.sandbox.write("server.js", server("one"));
    await stage.result("start", "server.js", ...PATIENT, "--port", `${port}`, "--watch");
    await watched();
    await stage.sandbox.write("server.js", "syntax error");
    await expect.poll(() => stage.log("server")).toMatch(/note the restart failed: .*SyntaxError/);
    expect(await get()).toBe("one");
    await stage.sandbox.write("server.js", server("three"));
    await expect.poll(get).toBe("three");
  });

  test("is tried again at once by the next one, whatever the pause", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    await stage.result("start", "bot.js", ...PATIENT, "--watch", "--restart-delay", "1h");
    await watched();
    await stage.sandbox.write("bot.js", `throw new Error("broken")`);
    await expect.poll(async () => (await stage.app("bot")).members[0]?.next_start ?? 0).toBeGreaterThan(10);
    await stage.sandbox.write("bot.js", SLEEPER);
    const since = performance.now();
    await expect.poll(async () => (await stage.app("bot")).state).toBe("running");
    expect(performance.now() - since).toBeLessThan(20_000);
  });
});

describe("an app that writes its own files", () => {
  test("is slowed down, and a fault names the file", async () => {
    await stage.sandbox.write("bot.js", `require("fs").writeFileSync("cache.json", String(Date.now())); ${SLEEPER}`);
    await stage.result("start", "bot.js", "--stable-for", "50", "--watch");
    await expect
      .poll(async () => (await stage.app("bot")).faults)
      .toEqual([expect.stringMatching(/^cache\.json changes after each restart, .* exclude it by --ignore-watch$/)]);
    const { restarts } = await stage.app("bot");
    expect(restarts).toBeLessThan(8);
    const app = await stage.result("start", "bot.js", "--stable-for", "50", "--watch", "--ignore-watch", "cache.json");
    expect(app.faults).toEqual([]);
  });
});

describe("files that cannot be watched", () => {
  test("are a fault until they can be; the app runs on", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    await stage.sandbox.write("deep/src/a.js", "1");
    await stage.result("start", "bot.js", ...QUICK, "--watch=deep/src");
    await watched();
    await rename(stage.sandbox.path("deep"), stage.sandbox.path("moved"));
    await rm(stage.sandbox.path("moved"), { recursive: true });
    const gone = [expect.stringMatching(/^its files are not watched: .*deep\/src/)];
    await expect.poll(async () => (await stage.app("bot")).faults).toEqual(gone);
    await expect.poll(async () => (await stage.app("bot")).state).toBe("running");
    await mkdir(stage.sandbox.path("deep/src"), { recursive: true });
    await expect.poll(async () => (await stage.app("bot")).faults).toEqual([]);
    await writeFile(stage.sandbox.path("deep/src/b.js"), "2");
    await expect.poll(() => stage.log("bot")).toContain("restart: deep/src/b.js changed\n");
  });

  test("because of the system's limit are a fault that names the setting", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    // A user namespace has a limit of its own, in addition to that of the machine.
    const program = programWith(["app", "--json", "start", "bot.js", ...QUICK, "--watch"])
      .flat()
      .map(String);
    const limited = 'echo 0 > /proc/sys/user/max_inotify_watches && exec "$@"';
    const { status, stdout } = await ended(
      spawn("unshare", ["--user", "--map-root-user", "sh", "-c", limited, "sh", ...program], {
        cwd: stage.sandbox.root,
        env: stage.env,
      }),
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout).data).toMatchObject({ state: "running" });
    await expect
      .poll(async () => (await stage.app("bot")).faults)
      .toEqual([expect.stringMatching(/not watched: .*limit of inotify watches.*max_user_watches/)]);
  });
});

test("the next keeper goes on watching", async () => {
  await stage.sandbox.write("bot.js", SLEEPER);
  await stage.result("start", "bot.js", ...QUICK, "--watch");
  const keeper = await stage.keeper();
  process.kill(keeper?.pid ?? 0, "SIGKILL");
  await stage.keeperAfter(keeper?.pid ?? 0);
  await watched(2);
  await stage.sandbox.write("bot.js", `${SLEEPER} // changed`);
  await expect.poll(() => stage.log("bot")).toContain("restart: bot.js changed\n");
});
