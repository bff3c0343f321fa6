import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import WebSocket from "ws";
import { freePort } from "../../bench/free-port.ts";
import { requestsDuring } from "./support/requests-during.ts";
import { type App, pidsOf, SERVER, useStage } from "./support/stage.ts";
import { PROGRAMS } from "./support/unchanged-apps.ts";

/** Apps that listen on a port of their own, behind the gateway (`--front proxy`). */

const stage = useStage();
const PROGRAM = join(PROGRAMS, "on_port.py");
/** The interpreter itself: a version manager would need some 100 ms for each start. */
const PYTHON = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();
const QUICK = ["--front", "proxy", "--stable-for", "100"];

interface Started {
  readonly port: number;
  readonly app: App;
}

async function start(entry: string, ...words: string[]): Promise<Started> {
  const port = await freePort();
  const app = await stage.result("start", entry, "--name", "web", "--port", String(port), ...QUICK, ...words);
  return { port, app };
}

/** A server in Python. @param host - the address on which it listens */
const python = (host: string, ...words: string[]) => start(PROGRAM, "--interpreter", PYTHON, ...words, "--", host);

const get = (port: number, path = "/", headers = {}) =>
  fetch(`http://127.0.0.1:${port}${path}`, { headers }).then((response) => response.text());

/** Which process answers. */
const servedBy = async (port: number) => Number.parseInt(await get(port), 10);

async function killClones({ app }: Started): Promise<void> {
  for (const [index, pid] of pidsOf(app).entries()) {
    process.kill(pid, "SIGKILL");
    await expect.poll(() => stage.app("web")).toMatchObject({ ready: app.clones, restarts: index + 1 });
  }
}

test("each clone of a program in Python has a port of its own, and learns the address of the client", async () => {
  const { port, app } = await python("127.0.0.1", "--clones", "2");
  expect(app).toMatchObject({ front: "proxy", address: `127.0.0.1:${port}`, ready: 2 });
  const served = new Set<number>();
  await expect.poll(async () => served.add(await servedBy(port)).size).toBe(2);
  expect([...served].sort()).toEqual(pidsOf(app).sort());
  expect(await get(port, "/client", { "x-forwarded-for": "10.0.0.1" })).toBe("127.0.0.1");
});

test("killed clones cost no request that may be repeated, nor does the death of the only one", async () => {
  const started = await python("0.0.0.0", "--clones", "2");
  expect((await requestsDuring(started, killClones(started))).failed).toEqual([]);
  const [app, port] = [await stage.result("scale", "web", "1"), started.port];
  process.kill(pidsOf(app)[0] as number, "SIGKILL");
  expect(await servedBy(port)).not.toBe(pidsOf(app)[0]);
});

test("a restart, a scale up and down, new settings and an upgrade cost no request of any method", async () => {
  const { port } = await python("127.0.0.1", "--clones", "2");
  const changes = async () => {
    await stage.result("restart", "web");
    await stage.result("scale", "web", "3");
    await stage.result("scale", "web", "1");
    const words = ["--interpreter", PYTHON, "--name", "web", "--port", String(port)];
    await stage.result("start", PROGRAM, ...words, ...QUICK, "--", "127.0.0.1", "new");
    const gateway = stage.gateway();
    await stage.result<unknown>("upgrade");
    await stage.gatewayAfter(gateway);
  };
  const { answers, failed, failedPosts } = await requestsDuring({ port }, changes());
  expect([failed, failedPosts]).toEqual([[], []]);
  expect(answers).toBeGreaterThan(10);
  expect(await get(port)).toContain("['new']");
});

test("a killed gateway is replaced, a killed keeper leaves it serving, and both together; the clones stay", async () => {
  const { port, app } = await python("127.0.0.1", "--clones", "2");
  const isServed = async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => servedBy(port)));
    expect(answers.every((pid) => pidsOf(app).includes(pid))).toBe(true);
    expect(pidsOf(await stage.app("web"))).toEqual(pidsOf(app));
  };
  const gateway = stage.gateway();
  process.kill(gateway, "SIGKILL");
  await isServed();
  const next = await stage.gatewayAfter(gateway);
  const { pid: keeper = 0 } = (await stage.keeper()) ?? {};
  const death = async () => {
    process.kill(keeper, "SIGKILL");
    await stage.keeperAfter(keeper);
  };
  expect(await requestsDuring({ port }, death())).toMatchObject({ failed: [], failedPosts: [] });
  expect(stage.gateway()).toBe(next);
  await isServed();
  const { pid: second = 0 } = (await stage.keeper()) ?? {};
  for (const pid of [second, next]) process.kill(pid, "SIGKILL");
  await stage.keeperAfter(second);
  await isServed();
  process.kill(pidsOf(app)[0] as number, "SIGKILL");
  const respawned = expect.poll(() => stage.app("web")).toMatchObject({ ready: 2, restarts: 1 });
  expect((await requestsDuring({ port }, respawned)).failed).toEqual([]);
});

test("without a keeper, the gateway notices the death of a clone, and its requests wait for the next keeper", async () => {
  const { port, app } = await python("127.0.0.1");
  const { pid: keeper = 0 } = (await stage.keeper()) ?? {};
  for (const pid of [keeper, pidsOf(app)[0] as number]) process.kill(pid, "SIGKILL");
  expect(await servedBy(port)).not.toBe(pidsOf(app)[0]);
});

test("a request that ends the process is sent again a few times at most", async () => {
  const { port } = await python("127.0.0.1", "--clones", "2");
  const { status } = await fetch(`http://127.0.0.1:${port}/die`);
  expect(status).toBe(502);
  await expect.poll(() => stage.app("web")).toMatchObject({ ready: 2 });
  const { crashes } = await stage.app("web");
  expect(crashes).toBeGreaterThan(1);
  expect(crashes).toBeLessThanOrEqual(4);
});

test("a streamed answer and a WebSocket of a Node program outlast the restart of their clone", async () => {
  const ws = JSON.stringify(createRequire(import.meta.url).resolve("ws"));
  await stage.sandbox.write(
    "server.js",
    `const { WebSocketServer } = require(${ws});
     const server = require("node:http").createServer((request, response) => {
       response.write("begun ");
       if (request.url === "/slow") process.once("SIGUSR2", () => response.end("ended"));
       else response.end(String(process.pid));
     });
     new WebSocketServer({ server }).on("connection", (socket) => socket.on("message", (text) => socket.send("echo " + text)));
     server.listen(process.env.PORT);`,
  );
  const { port, app } = await start("server.js");
  const [old = 0] = pidsOf(app);
  const slow = await fetch(`http://127.0.0.1:${port}/slow`);
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
  await once(socket, "open");
  const restarted = stage.result("restart", "web");
  await expect.poll(() => get(port)).not.toBe(`begun ${old}`);
  socket.send("hello");
  expect(String((await once(socket, "message"))[0])).toBe("echo hello");
  process.kill(old, "SIGUSR2");
  expect(await slow.text()).toBe("begun ended");
  expect(stage.has(old)).toBe(true);
  socket.close();
  expect(pidsOf(await restarted)).not.toContain(old);
});

test("a new clone is warmed up before it gets requests of clients, which cannot send the mark of it", async () => {
  await stage.sandbox.write(
    "server.js",
    `let marked = 0;
     require("node:http").createServer((request, response) => {
       if (request.headers["x-xsys-warm-up"]) marked++;
       response.end(String(marked));
     }).listen(process.env.PORT);`,
  );
  const { port } = await start("server.js", "--warmup", "/", "--stable-for", "1s");
  await stage.result("restart", "web");
  expect(await get(port, "/", { "x-xsys-warm-up": "1" })).toBe("10");
});

test("a server in a child process counts, and one on IPv6 only", async () => {
  await stage.sandbox.write("start.sh", `echo started; "$PYTHON" "$PROGRAM" ::1 & wait`);
  const { port, app } = await start("start.sh", "--env", JSON.stringify({ PYTHON, PROGRAM }));
  expect(pidsOf(app)).not.toContain(await servedBy(port));
});

test("a clone that does not listen on its port is a failed start, also if another process listens there", async () => {
  const port = await freePort();
  await stage.sandbox.write("app.sh", `echo $PORT > port.new; mv port.new port; echo "nothing to do"; exec sleep 1000`);
  const words = ["app.sh", "--name", "web", "--port", String(port), ...QUICK, "--ready-timeout", "1s"];
  const starting = stage.run("start", ...words);
  const portOfClone = () => stage.sandbox.read("port").catch(() => "");
  await expect.poll(portOfClone).not.toBe("");
  const foreign = createServer((_, response) => response.end("foreign"));
  foreign.listen(Number(await portOfClone()), "127.0.0.1");
  const { status, stderr } = await starting;
  foreign.close();
  expect(status).toBe(69);
  expect(stderr).toMatch(
    /was not ready within 1000 ms: none of its processes listens on the port .* PORT.*nothing to do/s,
  );
});

test("a clone whose port is taken meanwhile gets another one at its next start", async () => {
  await stage.sandbox.write(
    "app.sh",
    `test -e port || { echo $PORT > port.new; mv port.new port; until test -e taken; do sleep 0.01; done; }
     exec "$PYTHON" "$PROGRAM" 127.0.0.1`,
  );
  const starting = start("app.sh", "--env", JSON.stringify({ PYTHON, PROGRAM })).catch((error: Error) => error.message);
  const portOfClone = () => stage.sandbox.read("port").catch(() => "");
  await expect.poll(portOfClone).not.toBe("");
  const foreign = createServer((_, response) => response.end("foreign"));
  foreign.listen(Number(await portOfClone()), "127.0.0.1");
  await once(foreign, "listening");
  await stage.sandbox.write("taken", "");
  expect(await starting).toContain("Address already in use");
  await expect.poll(() => stage.app("web")).toMatchObject({ state: "running", crashes: 1 });
  foreign.close();
});

test("an app changes its front from and to proxy on the same port without a failed request", async () => {
  const port = await freePort();
  await stage.sandbox.write("server.js", SERVER);
  const become = (front: string) =>
    stage.result(
      ...["start", "server.js", "--front", front, "--host", "::", "--port", String(port), "--stable-for", "100"],
    );
  await become("frames");
  const toProxy = become("proxy");
  expect(await requestsDuring({ port }, toProxy)).toMatchObject({ failed: [], failedPosts: [] });
  expect((await toProxy).front).toBe("proxy");
  const asked = ["--env", JSON.stringify({ PORT: String(port) })];
  const toAuto = stage.result("start", "server.js", ...asked, "--stable-for", "100");
  expect(await requestsDuring({ port }, toAuto)).toMatchObject({ failed: [], failedPosts: [] });
  expect(await toAuto).toMatchObject({ front: "frames", faults: [] });
  await become("proxy");
  const toSocket = become("socket");
  // The server itself closes idle connections when it is stopped later.
  expect(await requestsDuring({ port, keepsConnections: false }, toSocket)).toMatchObject({
    failed: [],
    failedPosts: [],
  });
  expect((await toSocket).front).toBe("socket");
});

test("a program that opens the port of the front socket itself is told of the front proxy", async () => {
  const port = await freePort();
  await stage.sandbox.write("app.sh", `exec "$PYTHON" "$PROGRAM" 127.0.0.1`);
  const words = ["--port", String(port), "--env", JSON.stringify({ PYTHON, PROGRAM }), "--stable-for", "20s"];
  const { status, stderr } = await stage.run("start", "app.sh", ...words);
  expect(status).toBe(69);
  expect(stderr).toContain(`Address already in use: the keeper has opened port ${port}`);
  expect(stderr).toContain("--front proxy");
});
