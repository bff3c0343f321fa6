import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect } from "vitest";
import { WebSocket } from "ws";
import { ask } from "./ask.ts";

/** What the applications of frameworks/apps do, whoever starts them. They answer GET / with their process id. */

const MiB = 1024 ** 2;

/** Name, file and environment of the applications that answer `POST /json` as well. */
export const FRAMEWORKS: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
  ["express", "express.cjs", {}],
  ["fastify", "fastify.mjs", {}],
  ["koa", "koa.cjs", {}],
  ["hono", "hono.mjs", {}],
  ["nest on express", "nest.cjs", { ADAPTER: "express" }],
  ["nest on fastify", "nest.cjs", { ADAPTER: "fastify" }],
];

export async function postsJson(port: number): Promise<void> {
  const body = JSON.stringify({ text: "grüße", list: [1, 2] });
  const headers = { "content-type": "application/json" };
  expect(await ask(port, "/json", { method: "POST", headers, body })).toMatchObject({ status: 201, body });
}

/** Of the application for Next: a page, and a file of its build. */
export async function rendersPages(port: number): Promise<void> {
  const page = await ask(port, "/page");
  expect(page.status).toBe(200);
  expect(page.body).toContain("rendered by");
  const [, asset = ""] = /src="(\/_next\/static\/[^"]+\.js)"/.exec(page.body) ?? [];
  expect((await ask(port, asset)).headers["content-type"]).toContain("javascript");
}

/** Of the application for Express: what it sees of the client, errors, an upload of 20 MiB, and server-sent events. */
export async function servesClients(port: number): Promise<void> {
  const client = JSON.parse((await ask(port, "/client")).body);
  expect(client).toEqual({ ip: "127.0.0.1", protocol: "http", method: "GET", httpVersion: "1.1" });
  const head = await ask(port, "/client", { method: "HEAD" });
  expect([head.status, head.body]).toEqual([200, ""]);
  expect((await ask(port, "/error")).status).toBe(500);
  expect(await upload(port, 20 * MiB)).toEqual({ name: "large.bin", size: 20 * MiB, note: "a note" });
  expect(await events(port, 5)).toMatch(/^data: 1\n\ndata: 2\n\n/);
}

async function upload(port: number, size: number): Promise<unknown> {
  const form = new FormData();
  form.append("note", "a note");
  form.append("file", new Blob([Buffer.alloc(size, "x")]), "large.bin");
  return await (await fetch(`http://127.0.0.1:${port}/upload`, { method: "POST", body: form })).json();
}

/** The first server-sent events; the client then leaves. */
async function events(port: number, count: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/events`);
  let text = "";
  for await (const bytes of answer.body ?? []) {
    text += Buffer.from(bytes).toString();
    if (text.includes(`data: ${count}\n\n`)) break;
  }
  return text;
}

/** An answer of 30 s of the application for Express, which is whole if nothing interrupts it. */
export async function longAnswer(port: number): Promise<void> {
  expect(await ask(port, "/seconds/30")).toMatchObject({ status: 200, body: `${".".repeat(30)}whole` });
}

/**
 * Of the application for socket.io and ws.
 * @param folder - of the installed packages
 */
export async function answersSockets(port: number, folder: string): Promise<void> {
  const { io } = createRequire(join(folder, "package.json"))("socket.io-client");
  for (const transports of [["websocket"], ["polling"]]) {
    const client = io(`http://127.0.0.1:${port}`, { transports });
    expect(await client.emitWithAck("say", "hello")).toBe("socket.io hello");
    client.close();
  }
  const socket = await openWebSocket(port);
  await echoes(socket, "hello");
  socket.close();
}

export async function openWebSocket(port: number): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
  await once(socket, "open");
  return socket;
}

export async function echoes(socket: WebSocket, text: string): Promise<void> {
  const message = once(socket, "message");
  socket.send(text);
  expect(String((await message)[0])).toBe(`ws ${text}`);
}
