import { rm } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { type App, useStage } from "./support/stage.ts";

const stage = useStage();

/** Needs what the job `migrate` creates, and fails without it. */
const API = `[ -e migrated ] || exit 5\ntrap 'sleep 0.3; echo api >> ended; exit' TERM\necho up\nwhile :; do sleep 0.1; done\n`;
const DB = `trap 'echo db >> ended; exit' TERM\nwhile :; do sleep 0.1; done\n`;
const MIGRATE = "sleep 0.5\ntouch migrated\n";

async function writeApps(): Promise<void> {
  await stage.sandbox.write("api.sh", API);
  await stage.sandbox.write("db.sh", DB);
  await stage.sandbox.write("migrate.sh", MIGRATE);
  const apps = [
    { entry: "api.sh", stableFor: 300, after: ["migrate", "db"] },
    { entry: "migrate.sh", stableFor: "1m", autorestart: false, after: "db" },
    { entry: "db.sh", stableFor: 300 },
  ];
  await stage.sandbox.write("xsys.config.json", JSON.stringify({ apps }));
}

describe("apps with an order", () => {
  test("are started by it, also one that waits for a job to finish", async () => {
    await writeApps();
    await stage.result("apply");
    expect(await stage.result<App[]>("status")).toMatchObject([
      { name: "api", state: "running", crashes: 0, restarts: 0 },
      { name: "db", state: "running" },
      { name: "migrate", state: "stopped", crashes: 0 },
    ]);
  });

  test("are stopped in the reverse order, and started by it again", async () => {
    await writeApps();
    await stage.result("apply");
    await expect.poll(() => stage.log("api")).toContain("up");
    await stage.run("end");
    expect(await stage.sandbox.read("ended")).toBe("api\ndb\n");
    await rm(stage.sandbox.path("migrated"));
    expect(await stage.app("api")).toMatchObject({
      state: "starting",
      reason: expect.stringMatching(/^waits until (migrate, db are|migrate is) ready$/),
    });
    await expect.poll(() => stage.app("api")).toMatchObject({ state: "running", crashes: 0 });
  });

  test("are started again by the next keeper if the last one was killed while they waited", async () => {
    await stage.sandbox.write("db.sh", "[ -e fixed ] || exit 1\nwhile :; do sleep 0.1; done\n");
    await stage.sandbox.write("api.sh", "echo up\nwhile :; do sleep 0.1; done\n");
    await stage.run("start", "db.sh", "--stable-for", "4s");
    const starting = stage.run("start", "api.sh", "--stable-for", "300", "--after", "db");
    await expect.poll(async () => (await stage.app("api")).reason).toBe("waits until db is ready");
    const { pid = 0 } = (await stage.keeper()) ?? {};
    process.kill(pid, "SIGKILL");
    expect((await starting).status).toBe(69);
    await stage.keeperAfter(pid);
    await expect.poll(async () => (await stage.app("api")).reason).toBe("waits until db is ready");
    await stage.sandbox.write("fixed", "");
    await expect.poll(() => stage.app("api")).toMatchObject({ state: "running", crashes: 0 });
  });
});

test("an app that waits can be stopped", async () => {
  await stage.sandbox.write("db.sh", "exit 1\n");
  await stage.sandbox.write("api.sh", "echo up\nsleep 1000\n");
  await stage.run("start", "db.sh", "--stable-for", "4s");
  const starting = stage.run("start", "api.sh", "--after", "db");
  await expect.poll(async () => (await stage.app("api")).reason).toBe("waits until db is ready");
  expect(await stage.result("stop", "api")).toMatchObject({ state: "stopped", ready: 0 });
  expect(await starting).toMatchObject({ status: 69, stderr: expect.stringContaining("api was not started") });
});

describe("an order that is impossible is refused before anything starts", () => {
  test.each([
    ["an unknown app", [{ entry: "api.sh", after: "gone" }, { entry: "db.sh" }], "there is no such app"],
    [
      "a circle",
      [
        { entry: "api.sh", after: "db" },
        { entry: "db.sh", after: "api" },
      ],
      "the apps api → db → api are each to be started after the next",
    ],
  ])("%s", async (_, apps, message) => {
    await writeApps();
    await stage.sandbox.write("xsys.config.json", JSON.stringify(apps));
    expect(await stage.run("apply")).toMatchObject({ status: 64, stderr: expect.stringContaining(message) });
    expect(await stage.result<App[]>("status")).toEqual([]);
  });

  test("on the command line", async () => {
    await writeApps();
    const { status, stderr } = await stage.run("start", "db.sh", "--after", "gone");
    expect([status, stderr]).toEqual([64, expect.stringContaining("db is to be started after gone")]);
    expect(await stage.result<App[]>("status")).toEqual([]);
  });
});
