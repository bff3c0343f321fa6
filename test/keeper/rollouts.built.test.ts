import { once } from "node:events";
import { rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { freePort } from "../../bench/free-port.ts";
import { KeeperClient } from "../../internal/apps/keeper-client.ts";
import { keeperFolders } from "../../internal/keeper/folders.ts";
import type { Result } from "../../protocol/commands/index.ts";
import { isRunning } from "../support/process-state.ts";
import { appSpec } from "./support/app-spec.ts";
import { pidsOf, SERVER, SLEEPER, useStage } from "./support/stage.ts";

type Versions = Result<"app.versions">;
type Rollback = Result<"app.rollback">;

const stage = useStage();
const QUICK = ["--stable-for", "300"];
/** For programs that fail: they do so earlier, however busy the machine is. */
const PATIENT = ["--stable-for", "60s"];
/** Exits if its first argument is `bad`. */
const BOT = `
if (process.argv[2] === "bad") { console.error("bad argument"); process.exit(9); }
${SLEEPER}
`;

/** Listens as soon as the file `go` exists. */
const WHEN_TOLD = `
console.log("started " + process.argv[2]);
const timer = setInterval(() => {
  if (!require("node:fs").existsSync("go")) return;
  clearInterval(timer);
  require("node:http").createServer((_, response) => response.end()).listen(process.env.PORT);
}, 20);
`;

const get = (port: number) => fetch(`http://127.0.0.1:${port}/`).then((response) => response.text());
const versions = (name: string) => stage.result<Versions>("versions", name);
const numbers = async (name: string) =>
  (await versions(name)).map(({ version, state, current }) => `${version} ${state}${current ? " current" : ""}`);

describe("versions", () => {
  test("are those that were started, with what differs and why one failed", async () => {
    await stage.sandbox.write("bot.js", BOT);
    await stage.result("start", "bot.js", ...QUICK, "--", "one");
    await stage.result("start", "bot.js", ...QUICK, "--", "one");
    await stage.result("scale", "bot", "2");
    await stage.result("start", "bot.js", ...QUICK, "--env", '{"API_TOKEN":"s3cret-1"}', "--", "two");
    expect((await stage.run("start", "bot.js", ...PATIENT, "--", "bad")).status).toBe(69);
    const found = await versions("bot");
    expect(found).toMatchObject([
      { version: 3, current: false, state: "failed", reason: expect.stringContaining("bad argument") },
      { version: 2, current: true, state: "good" },
      { version: 1, current: false, state: "good", changed: [], fields: [] },
    ]);
    expect(found[1]?.changed).toEqual(["command", "environment.own.API_TOKEN"]);
    expect(found[1]?.fields[1]).toEqual({ field: "environment.own.API_TOKEN", to: "********" });
    expect(JSON.stringify(found)).not.toContain("s3cret-1");
    const { stdout } = await stage.run("versions", "bot");
    expect(stdout).toMatch(/^ *2 .* good +command environment\.own\.API_TOKEN/m);
  });

  test("outlive the keeper, and go with the app", async () => {
    await stage.sandbox.write("bot.js", BOT);
    await stage.result("start", "bot.js", ...QUICK, "--", "one");
    await stage.result("start", "bot.js", ...QUICK, "--", "two");
    await stage.run("end");
    expect(await numbers("bot")).toEqual(["2 good current", "1 good"]);
    await stage.result("delete", "bot");
    expect((await stage.run("versions", "bot")).status).toBe(66);
    await stage.result("start", "bot.js", ...QUICK);
    expect(await numbers("bot")).toEqual(["1 good current"]);
  });

  test("one that was retried until it started is good", async () => {
    await stage.sandbox.write("bot.js", `if (!require("fs").existsSync("db")) process.exit(1); ${SLEEPER}`);
    expect((await stage.run("start", "bot.js", "--stable-for", "3s")).status).toBe(69);
    expect(await numbers("bot")).toEqual(["1 failed current"]);
    await stage.sandbox.write("db", "");
    await expect.poll(() => numbers("bot")).toEqual(["1 good current"]);
  });

  test("a damaged file leaves the app as it is, and the next start makes a new history", async () => {
    await stage.sandbox.write("bot.js", BOT);
    const before = await stage.result("start", "bot.js", ...QUICK, "--", "one");
    await stage.sandbox.write("state/apps/bot.json.versions", "{");
    expect(await numbers("bot")).toEqual([]);
    expect(await stage.app("bot")).toMatchObject({ state: "running", faults: [] });
    expect(pidsOf(await stage.app("bot"))).toEqual(pidsOf(before));
    expect((await stage.run("rollback", "bot")).status).toBe(66);
    await stage.result("start", "bot.js", ...QUICK, "--", "two");
    expect(await numbers("bot")).toEqual(["1 good current"]);
  });
});

describe("rollback", () => {
  test("returns to the last good version, costs no request, and is a new version", async () => {
    const port = String(await freePort());
    await stage.sandbox.write("server.js", `if (process.argv[2] === "bad") process.exit(9); ${SERVER}`);
    await stage.result("start", "server.js", "--port", port, ...QUICK, "--", "one");
    await stage.result("start", "server.js", "--port", port, ...QUICK, "--", "two");
    await stage.result("scale", "server", "2");
    expect((await stage.run("start", "server.js", "--port", port, ...PATIENT, "--", "bad")).status).toBe(69);
    expect(await get(Number(port))).toMatch(/ two$/);
    let isOver = false;
    const returned = stage.result<Rollback>("rollback", "server").finally(() => {
      isOver = true;
    });
    returned.catch(() => {}); // awaited below
    const answers = new Set<string | undefined>();
    while (!isOver) answers.add((await get(Number(port))).split(" ").at(-1));
    expect(await returned).toMatchObject({ version: 4, restored: 1, state: "running", clones: 2, warnings: [] });
    expect([...answers].every((word) => word === "one" || word === "two")).toBe(true);
    expect(await get(Number(port))).toMatch(/ one$/);
    expect(await numbers("server")).toEqual(["4 good current", "3 failed", "2 good", "1 good"]);
    expect(await stage.result<Rollback>("rollback", "server")).toMatchObject({ version: 5, restored: 2 });
  });

  test("to a version that does not start any more leaves what runs, and fails with the reason", async () => {
    const words = ["--name", "web", "--port", String(await freePort()), ...QUICK];
    for (const file of ["one.js", "two.js"]) {
      await stage.sandbox.write(file, SERVER);
      await stage.result("start", file, ...words);
    }
    const before = await stage.app("web");
    await stage.sandbox.write("one.js", `throw new Error("gone")`);
    const { status, stderr } = await stage.run("rollback", "web", "--to", "1");
    expect(status).toBe(69);
    expect(stderr).toContain("Error: gone");
    const after = await stage.app("web");
    expect(after).toMatchObject({ state: "running", command: before.command });
    expect(pidsOf(after)).toEqual(pidsOf(before));
    expect(await numbers("web")).toEqual(["3 failed", "2 good current", "1 good"]);
  });

  test("warns of a file that is not what it was", async () => {
    await stage.sandbox.write("bot.js", BOT);
    await stage.result("start", "bot.js", ...QUICK, "--", "one");
    await stage.result("start", "bot.js", ...QUICK, "--", "two");
    await stage.sandbox.write("bot.js", `${BOT} // changed`);
    const { warnings } = await stage.result<Rollback>("rollback", "bot");
    expect(warnings).toEqual([
      `${stage.sandbox.path("bot.js")} is not what it was in version 1: files are not restored`,
    ]);
  });

  test("without an earlier version, or to one that does not exist, changes nothing", async () => {
    await stage.sandbox.write("bot.js", BOT);
    const before = await stage.result("start", "bot.js", ...QUICK);
    for (const words of [
      ["rollback", "bot"],
      ["rollback", "bot", "--to", "7"],
    ]) {
      const { status, stderr } = await stage.run(...words);
      expect(status).toBe(66);
      expect(stderr).toMatch(/bot has no (version 7|good version before the current one): its versions are 1/);
    }
    expect(pidsOf(await stage.app("bot"))).toEqual(pidsOf(before));
  });

  test("to a port that another app has now is refused", async () => {
    const ports = [String(await freePort()), String(await freePort())];
    await stage.sandbox.write("server.js", SERVER);
    for (const port of ports) await stage.result("start", "server.js", "--name", "one", "--port", port, ...QUICK);
    await stage.result("start", "server.js", "--name", "two", "--port", ports[0] as string, ...QUICK);
    const { status, stderr } = await stage.run("rollback", "one");
    expect(status).toBe(75);
    expect(stderr).toContain(`port ${ports[0]} belongs to the app two`);
    expect(await stage.app("one")).toMatchObject({ state: "running", address: `127.0.0.1:${ports[1]}` });
  });
});

test("reload replaces all processes, and refuses no connection", async () => {
  const port = await freePort();
  await stage.sandbox.write("server.js", SERVER);
  const before = await stage.result("start", "server.js", "--port", String(port), ...QUICK);
  let isOver = false;
  const reloaded = stage.result("reload", "server").finally(() => {
    isOver = true;
  });
  reloaded.catch(() => {}); // awaited below
  while (!isOver) await get(port);
  const after = pidsOf(await reloaded);
  expect(after).toHaveLength(1);
  expect(after).not.toEqual(pidsOf(before));
  expect(isRunning(pidsOf(before)[0])).toBe(false);
});

/** The server `one` runs, and its rollout to `two` is in progress until the file `go` is written. */
async function rollingOut() {
  await stage.sandbox.write("server.js", WHEN_TOLD);
  const words = ["server.js", "--port", String(await freePort()), ...QUICK, "--ready-timeout", "10m", "--"];
  await stage.sandbox.write("go", "");
  await stage.result("start", ...words, "one");
  await rm(stage.sandbox.path("go"));
  const inProgress = stage.run("start", ...words, "two");
  await expect.poll(() => stage.log("server")).toContain("started two");
  return { words, inProgress, keeper: await connected() };
}

async function connected(): Promise<KeeperClient> {
  const keeper = await KeeperClient.connect(keeperFolders(stage.env).socket);
  if (keeper === undefined) throw new Error("no keeper runs");
  return keeper;
}

test("a rollout that waits is skipped for a later one, and the one in progress is completed", async () => {
  const { words, inProgress, keeper } = await rollingOut();
  let isSkipped = false;
  const waiting = stage.run("start", ...words, "waiting").finally(() => {
    isSkipped = true;
  });
  waiting.catch(() => {}); // awaited below
  const [{ spec } = { spec: undefined }] = await keeper.call("keeper.desired", {});
  const later: Promise<string>[] = [];
  // Each of these is a later change than those before. One of them comes after that of the command, which then ends.
  while (!isSkipped) {
    const command = [...(spec?.command.slice(0, -1) ?? []), `later-${later.length}`];
    const started = keeper.call("keeper.start", { spec: { ...spec, command } });
    later.push(
      started.then(
        (app) => app.command.at(-1) ?? "",
        (error: Error) => error.message,
      ),
    );
    await keeper.call("keeper.status", {});
  }
  const { status, stderr } = await waiting;
  expect(status).toBe(75);
  expect(stderr).toContain("overtaken by a later change of the app: nothing was done");
  await stage.sandbox.write("go", "");
  expect((await inProgress).status).toBe(0);
  const results = await Promise.all(later);
  keeper.close();
  expect(results.pop()).toBe(`later-${results.length}`);
  expect(new Set(results)).toEqual(new Set(["overtaken by a later change of the app: nothing was done"]));
  expect(await stage.log("server")).not.toContain("started waiting");
  expect(await numbers("server")).toEqual(["3 good current", "2 good", "1 good"]);
});

test("starting an app by its name while a rollout is in progress keeps the new description", async () => {
  const { inProgress, keeper } = await rollingOut();
  const again = keeper.call("keeper.start-again", { name: "server" });
  await keeper.call("keeper.status", {});
  await stage.sandbox.write("go", "");
  expect((await inProgress).status).toBe(0);
  expect((await again).command.at(-1)).toBe("two");
  keeper.close();
  expect(await numbers("server")).toEqual(["2 good current", "1 good"]);
});

test("a new app whose first start is refused is kept if a later one waits", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  try {
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    await stage.run("status");
    const keeper = await connected();
    const start = (tcp: number) => {
      const front = { kind: "socket", host: "127.0.0.1", port: tcp } as const;
      return keeper.call("keeper.start", { spec: appSpec("web", { command: ["/bin/sleep", "1000"], front }) });
    };
    const free = await freePort();
    const refused = start(port);
    const started = start(free);
    await expect(refused).rejects.toMatchObject({ code: "BUSY" });
    await started;
    keeper.close();
    expect(await stage.result("status")).toMatchObject([{ name: "web", state: "running" }]);
  } finally {
    taken.close();
  }
});
