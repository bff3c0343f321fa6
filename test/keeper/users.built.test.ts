import { readdirSync, readFileSync } from "node:fs";
import { chmod, chown, mkdir } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { KeeperClient } from "../../internal/apps/keeper-client.ts";
import { pidsOf, SLEEPER, useStage } from "./support/stage.ts";

const stage = useStage();
const NOBODY = 65_534;
const QUICK = ["--stable-for", "300"];
const isRoot = process.getuid?.() === 0;

function userOf(pid: number): number {
  return Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}

describe.runIf(isRoot)("as root", () => {
  test("another user keeps apps of its own", async () => {
    await chmod(stage.sandbox.root, 0o755);
    await mkdir(stage.state, { mode: 0o700 });
    await chown(stage.state, NOBODY, NOBODY);
    await stage.sandbox.write("bot.js", SLEEPER, 0o644);
    stage.options = { uid: NOBODY, gid: NOBODY };
    const app = await stage.result("start", "bot.js", ...QUICK);
    expect(pidsOf(app).map(userOf)).toEqual([NOBODY]);
    expect(userOf((await stage.keeper())?.pid ?? 0)).toBe(NOBODY);
    const refused = await stage.run("start", "bot.js", "--name", "other", "--uid", "0");
    expect(refused.status).not.toBe(0);
    expect(await stage.result("stop", "bot")).toMatchObject({ state: "stopped" });
  });

  test("an app may run as another user, and can open its own output", async () => {
    await chmod(stage.sandbox.root, 0o755);
    await stage.sandbox.write("app.sh", `echo "user $(id -u)" > /dev/stdout; exec sleep 1000`, 0o644);
    const app = await stage.result("start", "app.sh", "--uid", String(NOBODY), ...QUICK);
    expect(pidsOf(app).map(userOf)).toEqual([NOBODY]);
    await expect.poll(() => stage.log("app")).toContain(`user ${NOBODY}`);
  });
});

test("the environment of an app has nothing of the keeper, and its descriptors are three", async () => {
  const words = ["sleep 1000", "--name", "bot", ...QUICK, "--env", '{"MINE":"1"}'];
  const [pid = 0] = pidsOf(await stage.result("start", ...words));
  const names = readFileSync(`/proc/${pid}/environ`, "utf8")
    .split("\0")
    .map((entry) => entry.split("=", 1)[0]);
  expect(names).toContain("MINE");
  expect(names.filter((name) => /^(XSYS_KEEPER|LISTEN_|NOTIFY_SOCKET|NODE_CHANNEL)/.test(name ?? ""))).toEqual([]);
  expect(readdirSync(`/proc/${pid}/fd`).sort()).toEqual(["0", "1", "2"]);
});

test("the keeper's socket refuses what is not one of its commands, and goes on", async () => {
  await stage.sandbox.write("bot.js", SLEEPER);
  await stage.result("start", "bot.js", ...QUICK);
  const client = await KeeperClient.connect(`${stage.state}/run/keeper.sock`);
  if (client === undefined) throw new Error("no keeper runs");
  const call = client.call.bind(client) as (name: string, params: unknown) => Promise<unknown>;
  await expect(call("fs.read", { path: "/etc/passwd" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(call("keeper.toString", {})).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(call("keeper.stop", {})).rejects.toMatchObject({ code: "INVALID_PARAMS" });
  await expect(call("keeper.start", { spec: { name: "../../evil" } })).rejects.toMatchObject({
    code: "INVALID_PARAMS",
  });
  await expect(call("keeper.scale", { name: "bot", clones: 1e9 })).rejects.toMatchObject({ code: "INVALID_PARAMS" });
  client.close();
  expect(await stage.app("bot")).toMatchObject({ state: "running" });
});
