import { once } from "node:events";
import { request } from "node:http";
import { expect, test } from "vitest";
import { useSandbox } from "../../support/sandbox.ts";
import { useUnchangedApps } from "../../support/unchanged-app.ts";

const sandbox = useSandbox();
const start = useUnchangedApps();

/** An application for node:http that knows nothing of xsys. */
const APP = `
const http = require("node:http");
const server = http.createServer((request, response) => {
  if (request.url === "/env") return response.end(JSON.stringify([process.env.PORT, process.env.XSYS_GATEWAY]));
  if (request.url === "/terminate") process.kill(process.pid, "SIGTERM");
  if (request.method === "POST") return request.pipe(response);
  setTimeout(() => response.end(String(process.pid)), 2);
});
server.listen(process.env.PORT, () => console.log("listens on", server.address().port));
process.on("SIGTERM", () => server.close(() => {
  console.log("closed in order");
  process.exit();
}));
`;

test.each([1, 2])(
  "no GET to an unchanged application fails under kills and restarts, with %d gateways",
  async (gateways) => {
    const app = await start(["--entry-point", await sandbox.write("app.cjs", APP), "--gateways", String(gateways)]);
    expect(app.server.text()).toContain(`listens on ${app.port}`);
    expect(JSON.parse((await app.ask("/env")).body)).toEqual([String(app.port), `http://127.0.0.1:${app.port}`]);
    expect((await app.ask("/", { method: "POST", body: "x".repeat(200_000) })).body).toHaveLength(200_000);
    await app.survivesKills(1);
    await app.survivesRestart();
    expect(app.server.text()).toContain("closed in order");
  },
);

test("an application that closes its server by itself answers the requests in progress", async () => {
  const app = await start(["--entry-point", await sandbox.write("app.cjs", APP), "--gateways", "2"]);
  const posts = Array.from({ length: 20 }, () => app.ask("/", { method: "POST", body: "whole" }));
  const [ended, ...answers] = await Promise.all([app.ask("/terminate"), ...posts]);
  expect([ended?.status, ...new Set(answers.map(({ status, body }) => `${status} ${body}`))]).toEqual([
    200,
    "200 whole",
  ]);
  await app.server.until(/closed in order/);
  while ((await app.ready()) < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  expect((await app.ask("/")).status).toBe(200);
});

test("--preload also applies to a command that starts Node itself, and in a service that such an application started", async () => {
  await sandbox.write("app.cjs", APP);
  const env = { ...process.env, XSYS_PRELOADED: "1" }; // what a child process of such an application inherits
  const app = await start(["--worker-command", "sh -c 'node app.cjs; exit $?'"], {
    cwd: sandbox.root,
    workers: 1,
    env,
  });
  expect(Number((await app.ask("/")).body)).toBeGreaterThan(0);
});

test("--app-port names the port on which the application would listen", async () => {
  const entry = await sandbox.write("app.cjs", APP.replace("process.env.PORT, ()", "3000, ()"));
  const app = await start(["--entry-point", entry, "--app-port", "3000"], { workers: 2 });
  expect((await app.ask("/")).status).toBe(200);
  expect(app.server.text()).toContain("listens on 3000");
});

/** An application with workers of its own, by node:cluster. */
const CLUSTERED = `
const cluster = require("node:cluster");
const http = require("node:http");
if (cluster.isPrimary) {
  cluster.fork();
  cluster.fork();
  cluster.on("exit", () => cluster.fork());
} else {
  const server = http.createServer((request, response) => {
    if (request.url === "/exit") process.exit(1);
    if (request.method === "POST") return request.pipe(response);
    const { "x-forwarded-for": client, "x-forwarded-proto": proto } = request.headers;
    response.end(JSON.stringify({ worker: cluster.worker.id, client, proto, at: server.address().port }));
  });
  server.on("upgrade", (_request, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n\\r\\n");
    socket.pipe(socket);
  });
  server.listen(process.env.PORT);
}
`;

test("an application that uses node:cluster keeps its own workers", async () => {
  const app = await start(["--entry-point", await sandbox.write("app.cjs", CLUSTERED)], { workers: 1 });
  const seen = async () => JSON.parse((await app.ask("/")).body);
  const first = await seen();
  expect(first).toMatchObject({ client: "127.0.0.1", proto: "http", at: app.port });
  const body = "x".repeat(200_000);
  expect((await app.ask("/", { method: "POST", body })).body).toBe(body);
  expect((await app.ask("/exit", { method: "POST" })).status).toBe(502);
  const workers = new Set<number>();
  while (!workers.has(3)) {
    // The successor of the one that has exited gets some of the connections.
    for (const { worker } of await Promise.all(Array.from({ length: 8 }, seen))) workers.add(worker);
  }
  const upgrade = request({ port: app.port, headers: { connection: "Upgrade", upgrade: "websocket" } }).end();
  const [, socket] = await once(upgrade, "upgrade");
  socket.write("echoed");
  expect(String((await once(socket, "data"))[0])).toBe("echoed");
  socket.destroy();
});
