import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { freePort } from "../../bench/free-port.ts";
import { type App, pidsOf, SLEEPER, useStage } from "./support/stage.ts";

const stage = useStage();
const QUICK = ["--stable-for", "300"];
/** Starts that must fail: the time must be longer than a slow machine needs until they do. */
const PATIENT = ["--stable-for", "20s"];

/** A server that names its process, on the port of its environment file. */
const SCRIPT = `
const port = Number(process.env.MY_PORT);
require("node:http").createServer((_, response) => response.end(String(process.pid))).listen(port, "127.0.0.1", () => {
  console.log("listening");
});`;

async function start(...words: string[]): Promise<{ readonly port: number; readonly app: App }> {
  const port = await freePort();
  await stage.sandbox.write("server.js", SCRIPT);
  await stage.sandbox.write("port.env", `MY_PORT=${port}\n`);
  await stage.result("start", "server.js", "--env-file", "port.env", ...QUICK, ...words);
  await expect.poll(() => stage.app("server")).toMatchObject({ front: "frames", faults: [] });
  expect(await get(port)).toBeGreaterThan(0);
  return { port, app: await stage.app("server") };
}

async function get(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: "close" } });
  return Number(await response.text());
}

/** Sends requests one after the other until `during` is over. Fails if one fails. */
async function requestsDuring(port: number, during: Promise<unknown>): Promise<number> {
  let isOver = false;
  const over = during.finally(() => {
    isOver = true;
  });
  over.catch(() => {}); // awaited below
  let answers = 0;
  for (; !isOver; answers++) expect(await get(port)).toBeGreaterThan(0);
  await over;
  return answers;
}

describe("an unchanged Node application without --port", () => {
  test("is behind the gateway on the port that it asks for, with several processes", async () => {
    const { port, app } = await start("--clones", "2");
    expect(app).toMatchObject({ ready: 2, front: "frames", address: `127.0.0.1:${port}` });
    const changes = async () => {
      process.kill(pidsOf(app)[0] as number, "SIGKILL");
      await expect.poll(() => stage.app("server")).toMatchObject({ ready: 2, restarts: 1 });
      await stage.result("restart", "server");
    };
    expect(await requestsDuring(port, changes())).toBeGreaterThan(10);
    await stage.result("stop", "server");
    await expect(get(port)).rejects.toThrow();
    await stage.result("start", "server");
    expect(await get(port)).toBeGreaterThan(0);
  });

  test("keeps its port and processes under the next keeper, and if it is started again", async () => {
    const { port, app } = await start("--clones", "2");
    const { pid = 0 } = (await stage.keeper()) ?? {};
    process.kill(pid, "SIGKILL");
    await requestsDuring(port, stage.keeperAfter(pid));
    const again = await stage.result("start", "server.js", "--env-file", "port.env", ...QUICK, "--clones", "2");
    expect(again).toMatchObject({ front: "frames", address: `127.0.0.1:${port}` });
    expect(pidsOf(again)).toEqual(pidsOf(app));
  });

  test("is reached on another port when it asks for another one, and the former one is closed", async () => {
    const { port } = await start("--clones", "2");
    const other = await freePort();
    await stage.sandbox.write("port.env", `MY_PORT=${other}\n`);
    await stage.result("restart", "server");
    expect(await get(other)).toBeGreaterThan(0);
    expect(await stage.app("server")).toMatchObject({ ready: 2, address: `127.0.0.1:${other}` });
    await expect.poll(() => get(port).catch(() => 0)).toBe(0);
  });

  test("may have a second server, whose port goes from process to process", async () => {
    const [port, metrics] = [await freePort(), await freePort()];
    await stage.sandbox.write(
      "server.js",
      `for (const port of [${port}, ${metrics}]) {
         require("node:http").createServer((_, response) => response.end(String(process.pid))).listen(port, "127.0.0.1");
       }`,
    );
    const [old] = pidsOf(await stage.result("start", "server.js", ...QUICK));
    await expect.poll(() => get(metrics).catch(() => 0)).toBe(old);
    const [next] = pidsOf(await stage.result("restart", "server"));
    expect(next).not.toBe(old);
    expect(await get(port)).toBe(next);
    await expect.poll(() => get(metrics).catch(() => 0)).toBe(next);
    expect(await stage.log("server")).toContain(`port ${metrics} is in use: the server waits until it is free`);
  });

  test("that does not start with new settings leaves the old process serving", async () => {
    const { port, app } = await start();
    await stage.sandbox.write("server.js", "process.exit(9)");
    const words = ["--env-file", "port.env", "--env", '{"A":"1"}', ...PATIENT];
    const failing = stage.run("start", "server.js", ...words);
    await requestsDuring(port, failing);
    expect((await failing).status).toBe(69);
    expect(await get(port)).toBe(pidsOf(app)[0]);
  });

  test("sees that its port is in use, as without xsys", async () => {
    const port = await freePort();
    const rival = createServer().listen(port, "127.0.0.1");
    try {
      await stage.sandbox.write("server.js", SCRIPT.replace("Number(process.env.MY_PORT)", String(port)));
      const failed = await stage.run("start", "server.js", ...PATIENT);
      const why = `did not start: port ${port} is in use by process ${process.pid}`;
      expect(failed).toMatchObject({ status: 69, stderr: expect.stringContaining(why) });
      expect(await stage.log("server")).toContain("EADDRINUSE");
    } finally {
      rival.close();
    }
  });

  test("opens its port itself where the keeper cannot hold one", async () => {
    const port = await freePort();
    stage.options = { env: { ...stage.env, XSYS_FFI: "off" } };
    await stage.sandbox.write("server.js", SCRIPT.replace("Number(process.env.MY_PORT)", String(port)));
    const app = await stage.result("start", "server.js", ...QUICK);
    expect(app).toMatchObject({ front: "none", ready: 1 });
    await expect.poll(() => get(port).catch(() => 0)).toBe(pidsOf(app)[0]);
  });

  test("has no front if it has no server", async () => {
    await stage.sandbox.write("bot.js", SLEEPER);
    expect(await stage.result("start", "bot.js", ...QUICK)).toMatchObject({ front: "none", ready: 1 });
  });
});
