import { createRequire } from "node:module";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type UnchangedApp, useUnchangedApps } from "../../support/unchanged-app.ts";
import { type InstalledFrameworks, installFrameworks } from "./installed-frameworks.ts";

/** Applications written for real frameworks, which know nothing of xsys. */

const INSTALLATION = 300_000;
const MiB = 1024 ** 2;

let frameworks: InstalledFrameworks;
beforeAll(async () => {
  frameworks = await installFrameworks();
}, INSTALLATION);

const start = useUnchangedApps();

async function startApp(name: string, words: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  return await start(["--entry-point", frameworks.app(name), ...words], { env: { ...process.env, ...env } });
}

async function postsJson(app: UnchangedApp): Promise<void> {
  const body = JSON.stringify({ text: "grüße", list: [1, 2] });
  const headers = { "content-type": "application/json" };
  const answer = await app.ask("/json", { method: "POST", headers, body });
  expect(answer).toMatchObject({ status: 201, body });
}

describe.each([
  ["express", "express.cjs", {}],
  ["fastify", "fastify.mjs", {}],
  ["koa", "koa.cjs", {}],
  ["hono", "hono.mjs", {}],
  ["nest on express", "nest.cjs", { ADAPTER: "express" }],
  ["nest on fastify", "nest.cjs", { ADAPTER: "fastify" }],
])("%s", (_name, file, env) => {
  test("answers, and no GET fails under kills and a restart", async () => {
    const app = await startApp(file, [], env);
    await postsJson(app);
    expect((await app.ask("/nowhere")).status).toBe(404);
    await app.survivesKills(1);
    await app.survivesRestart();
  });
});

test("next, built for production", { timeout: INSTALLATION }, async () => {
  await frameworks.nextIsBuilt;
  const next = join(frameworks.folder, "node_modules/next/dist/bin/next");
  const app = await start(["--worker-command", `node "${next}" start`], { cwd: frameworks.app("next") });
  await postsJson(app);
  const page = await app.ask("/page");
  expect(page.status).toBe(200);
  expect(page.body).toContain("rendered by");
  const [, asset = ""] = /src="(\/_next\/static\/[^"]+\.js)"/.exec(page.body) ?? [];
  expect((await app.ask(asset)).headers["content-type"]).toContain("javascript");
  await app.survivesKills(1);
  await app.survivesRestart();
});

test("express: clients, uploads, events, and an answer of 30 s that outlives its worker's restart", async () => {
  const app = await startApp("express.cjs", ["--max-body-size", "30m", "--drain-timeout", "60000"]);
  const long = app.ask("/seconds/30");
  const client = JSON.parse((await app.ask("/client")).body);
  expect(client).toEqual({ ip: "127.0.0.1", protocol: "http", method: "GET", httpVersion: "1.1" });
  const head = await app.ask("/client", { method: "HEAD" });
  expect([head.status, head.body]).toEqual([200, ""]);
  expect((await app.ask("/error")).status).toBe(500);
  expect(await upload(app, 20 * MiB)).toEqual({ name: "large.bin", size: 20 * MiB, note: "a note" });
  expect(await events(app, 5)).toMatch(/^data: 1\n\ndata: 2\n\n/);
  await app.survivesRestart();
  expect(await long).toMatchObject({ status: 200, body: `${".".repeat(30)}whole` });
});

async function upload(app: UnchangedApp, size: number): Promise<unknown> {
  const form = new FormData();
  form.append("note", "a note");
  form.append("file", new Blob([Buffer.alloc(size, "x")]), "large.bin");
  return await (await fetch(`http://127.0.0.1:${app.port}/upload`, { method: "POST", body: form })).json();
}

/** The first server-sent events; the client then leaves. */
async function events(app: UnchangedApp, count: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${app.port}/events`);
  let text = "";
  for await (const bytes of answer.body ?? []) {
    text += Buffer.from(bytes).toString();
    if (text.includes(`data: ${count}\n\n`)) break;
  }
  return text;
}

test.each([18, 22] as const)("express on Node %d", async (major) => {
  const node = frameworks.node(major);
  expect(node).toBeDefined();
  const app = await start(["--worker-command", `"${node}" "${frameworks.app("express.cjs")}"`]);
  await postsJson(app);
  expect((await app.ask("/client")).status).toBe(200);
  await app.survivesRestart();
});

test("socket.io and ws", async () => {
  const app = await startApp("sockets.cjs", ["--cluster-strategy", "ip-hash"]);
  const { io } = createRequire(join(frameworks.folder, "package.json"))("socket.io-client");
  for (const transports of [["websocket"], ["polling"]]) {
    const client = io(`http://127.0.0.1:${app.port}`, { transports });
    expect(await client.emitWithAck("say", "hello")).toBe("socket.io hello");
    client.close();
  }
  const socket = new WebSocket(`ws://127.0.0.1:${app.port}/ws`);
  socket.on("open", () => socket.send("hello"));
  const [text] = await new Promise<unknown[]>((resolve, reject) => {
    socket.on("message", (...message) => resolve(message));
    socket.on("error", reject);
  });
  expect(String(text)).toBe("ws hello");
  socket.close();
});
