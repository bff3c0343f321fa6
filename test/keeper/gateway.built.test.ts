import { once } from "node:events";
import { get as getSecurely } from "node:https";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import WebSocket from "ws";
import { freePort } from "../../bench/free-port.ts";
import { createCertificate } from "./support/create-certificate.ts";
import { requestsDuring } from "./support/requests-during.ts";
import { type App, pidsOf, SERVER, useStage } from "./support/stage.ts";

const stage = useStage();
const QUICK = ["--stable-for", "300"];
/** Starts that must fail: the time must be longer than a slow machine needs until they do. */
const PATIENT = ["--stable-for", "20s"];

async function start(script: string, ...words: string[]): Promise<{ readonly port: number; readonly app: App }> {
  const port = await freePort();
  await stage.sandbox.write("server.js", script);
  const app = await stage.result("start", "server.js", "--port", String(port), ...QUICK, ...words);
  return { port, app };
}

async function answerOverTls(port: number): Promise<string> {
  const [answer] = await once(
    getSecurely({ port, host: "127.0.0.1", rejectUnauthorized: false, agent: false }),
    "response",
  );
  return String((await answer.toArray())[0]);
}

const get = (port: number) => fetch(`http://127.0.0.1:${port}/`).then((response) => response.text());

describe("behind the gateway", () => {
  test("a killed clone costs no request that may be repeated", async () => {
    const { port, app } = await start(SERVER, "--clones", "2");
    const kills = async () => {
      for (const [index, pid] of pidsOf(app).entries()) {
        process.kill(pid, "SIGKILL");
        await expect.poll(() => stage.app("server")).toMatchObject({ ready: 2, restarts: index + 1 });
      }
    };
    const { answers, failed } = await requestsDuring({ port }, kills());
    expect(failed).toEqual([]);
    expect(answers).toBeGreaterThan(10);
  });

  test("a restart, a scale up and down and new settings cost no request of any method", async () => {
    const { port } = await start(SERVER, "--clones", "2");
    const changes = async () => {
      await stage.result("restart", "server");
      await stage.result("scale", "server", "3");
      await stage.result("scale", "server", "1");
      await stage.result("start", "server.js", "--port", String(port), "--env", '{"A":"1"}', ...QUICK);
    };
    const { answers, failed, failedPosts } = await requestsDuring({ port }, changes());
    expect([failed, failedPosts]).toEqual([[], []]);
    expect(answers).toBeGreaterThan(10);
  });

  test("a killed gateway is replaced; connections are not refused, and the clones stay", async () => {
    const { port, app } = await start(SERVER, "--clones", "2");
    const before = stage.gateway();
    process.kill(before, "SIGKILL");
    const answers = await Promise.all(Array.from({ length: 20 }, () => get(port)));
    expect(answers.every((answer) => pidsOf(app).includes(Number.parseInt(answer, 10)))).toBe(true);
    expect(stage.gateway()).not.toBe(before);
    expect(pidsOf(await stage.app("server"))).toEqual(pidsOf(app));
  });

  test("a killed keeper leaves the gateway serving; the next one has both, and replaces what dies then", async () => {
    const { port, app } = await start(SERVER, "--clones", "2");
    const gateway = stage.gateway();
    const { pid = 0 } = (await stage.keeper()) ?? {};
    const death = async () => {
      process.kill(pid, "SIGKILL");
      await stage.keeperAfter(pid);
    };
    expect(await requestsDuring({ port }, death())).toMatchObject({ failed: [], failedPosts: [] });
    expect(stage.gateway()).toBe(gateway);
    expect(pidsOf(await stage.app("server"))).toEqual(pidsOf(app));
    process.kill(gateway, "SIGKILL");
    expect(pidsOf(app)).toContain(Number.parseInt(await get(port), 10));
    process.kill(pidsOf(app)[0] as number, "SIGKILL");
    const respawned = expect.poll(() => stage.app("server")).toMatchObject({ ready: 2, restarts: 1 });
    expect((await requestsDuring({ port }, respawned)).failed).toEqual([]);
  });

  test("keeper and gateway killed together are replaced, and the clones stay", async () => {
    const { port, app } = await start(SERVER, "--clones", "2");
    const { pid = 0 } = (await stage.keeper()) ?? {};
    const gateway = stage.gateway();
    for (const each of [gateway, pid]) process.kill(each, "SIGKILL");
    await stage.keeperAfter(pid);
    await stage.gatewayAfter(gateway);
    expect(pidsOf(app)).toContain(Number.parseInt(await get(port), 10));
    expect(pidsOf(await stage.app("server"))).toEqual(pidsOf(app));
  });

  test("an upgrade replaces the gateway, and costs no request", async () => {
    const { port, app } = await start(SERVER, "--clones", "2");
    const gateway = stage.gateway();
    const upgrade = async () => {
      await stage.result<unknown>("upgrade");
      await stage.gatewayAfter(gateway);
      await expect.poll(() => stage.has(gateway)).toBe(false);
    };
    const { answers, failed, failedPosts } = await requestsDuring({ port }, upgrade());
    expect([failed, failedPosts]).toEqual([[], []]);
    expect(answers).toBeGreaterThan(10);
    expect(pidsOf(await stage.app("server"))).toEqual(pidsOf(app));
  });

  test("a streamed answer and a WebSocket outlast the restart of their clone", async () => {
    const ws = JSON.stringify(createRequire(import.meta.url).resolve("ws"));
    const { port, app } = await start(
      `const { WebSocketServer } = require(${ws});
       const server = require("node:http").createServer((request, response) => {
         response.write("begun ");
         if (request.url === "/slow") process.once("SIGUSR2", () => response.end("ended"));
         else response.end(String(process.pid));
       });
       new WebSocketServer({ server }).on("connection", (socket) => socket.on("message", (text) => socket.send("echo " + text)));
       server.listen(3000);`,
    );
    const [old = 0] = pidsOf(app);
    const slow = await fetch(`http://127.0.0.1:${port}/slow`);
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    await once(socket, "open");
    const restarted = stage.result("restart", "server");
    await expect.poll(() => get(port)).not.toBe(`begun ${old}`);
    socket.send("hello");
    expect(String((await once(socket, "message"))[0])).toBe("echo hello");
    process.kill(old, "SIGUSR2");
    expect(await slow.text()).toBe("begun ended");
    socket.close();
    expect(pidsOf(await restarted)).not.toContain(old);
  });

  test.each([
    ["exits", "process.exit(9)"],
    ["never listens", "setInterval(() => {}, 1e9)"],
    ["dies soon after it listens", "setTimeout(() => process.exit(7), 500)", SERVER],
  ])("a version that %s leaves the old one serving, and the command fails", async (_, bad, rest = "") => {
    const { port, app } = await start(SERVER);
    await stage.sandbox.write("server.js", `${bad}; ${rest}`);
    const words = ["--port", String(port), "--ready-timeout", "2s", ...PATIENT, "--env", '{"A":"2"}'];
    const failing = stage.run("start", "server.js", ...words);
    expect(await requestsDuring({ port }, failing)).toMatchObject({ failed: [], failedPosts: [] });
    expect(await failing).toMatchObject({ status: 69, stderr: expect.stringContaining("did not start") });
    expect(await get(port)).toMatch(new RegExp(`^${pidsOf(app)[0]} `));
  });

  test("an app with TLS of its own accepts its connections itself, and status says so", async () => {
    const { port, app } = await start(
      `require("node:https").createServer(${JSON.stringify(createCertificate(stage.sandbox))}, (_, r) => r.end("secure")).listen(process.env.PORT)`,
    );
    expect(app.faults).toEqual([expect.stringContaining("it uses TLS, and the gateway has no certificate")]);
    expect(await answerOverTls(port)).toBe("secure");
    await stage.result("restart", "server");
    expect(await answerOverTls(port)).toBe("secure");
  });

  test("a stop waits for the requests in flight, and no longer", async () => {
    const { port } = await start(
      `require("node:http").createServer((_, response) => {
         console.log("asked");
         setTimeout(() => response.end("answered"), 1_500);
       }).listen(3000)`,
      "--kill-timeout",
      "60s",
    );
    const answer = get(port);
    await expect.poll(() => stage.log("server")).toContain("asked");
    const begun = performance.now();
    await stage.result("stop", "server");
    expect(await answer).toBe("answered");
    expect(performance.now() - begun).toBeLessThan(30_000);
  });

  test("an app may close its server and listen again", async () => {
    const { port, app } = await start(
      `const server = require("node:http").createServer((_, response) => response.end("served"));
       const listen = () => server.listen(3000);
       process.on("SIGUSR2", () => server.close(() => { console.log("closed"); listen(); }));
       listen();`,
    );
    process.kill(pidsOf(app)[0] as number, "SIGUSR2");
    await expect.poll(() => stage.log("server")).toContain("closed");
    expect(await get(port)).toBe("served");
    expect(await stage.app("server")).toMatchObject({ crashes: 0, members: [{ pid: pidsOf(app)[0] }] });
  });

  test("of two servers of one clone, only the first one gets requests", async () => {
    const port = await freePort();
    await stage.sandbox.write(
      "server.js",
      `require("node:http").createServer((_, response) => response.end(process.argv[2])).listen(3000);
       console.log(process.argv[2]);`,
    );
    // npm is not the application, so both of its children are workers with the key of the clone.
    const script = "node server.js one & sleep 1; node server.js two & wait";
    await stage.sandbox.write("package.json", JSON.stringify({ name: "both", scripts: { start: script } }));
    await stage.result("start", "npm start", "--name", "both", "--port", String(port), ...QUICK);
    await expect.poll(() => stage.log("both")).toContain("two");
    const answers = await Promise.all(Array.from({ length: 10 }, () => get(port)));
    expect(new Set(answers)).toEqual(new Set(["one"]));
  });

  test("a gateway that hangs is replaced", async () => {
    const { port, app } = await start(SERVER);
    const hung = stage.gateway();
    process.kill(hung, "SIGSTOP");
    await expect.poll(() => stage.has(hung)).toBe(false);
    expect(pidsOf(app)).toContain(Number.parseInt(await get(port), 10));
  });

  test("several apps share one gateway, which ends with the last of them", async () => {
    const { port } = await start(SERVER);
    const other = await freePort();
    await stage.result("start", "server.js", "--name", "other", "--port", String(other), ...QUICK);
    const gateway = stage.gateway();
    expect(await get(other)).toMatch(/^\d+ /);
    await stage.result("stop", "server");
    await expect(get(port)).rejects.toThrow();
    expect(await get(other)).toMatch(/^\d+ /);
    expect(stage.gateway()).toBe(gateway);
    await stage.result("delete", "other");
    await expect.poll(() => stage.has(gateway)).toBe(false);
  });
});
