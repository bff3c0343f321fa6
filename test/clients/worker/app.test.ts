import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { bodyOf, FakeGateway } from "../../support/fake-gateway.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();

describe.each(["app-node", "app-sdk"])("the fixture application %s, in its own process", (app) => {
  let gateway: FakeGateway;
  let child: ChildProcess;
  let exited: Promise<[number | null, NodeJS.Signals | null]>;
  let routes: readonly { path: string }[];

  beforeEach(async () => {
    gateway = await FakeGateway.listen(sandbox.path("gateway.sock"));
    const program = fileURLToPath(new URL(`../../fixtures/app/${app}.ts`, import.meta.url));
    const own = {
      XYPRISS_IPC_PATH: gateway.path,
      XYPRISS_WORKER_ID: "2",
      XSYS_WORKER_KEY: "k",
      APP_FILES: sandbox.root,
    };
    child = spawn(process.execPath, [program], {
      env: { ...process.env, ...own },
      stdio: "ignore",
    });
    exited = once(child, "exit") as typeof exited;
    expect((await gateway.message("RegisterWorker")).payload).toEqual({
      id: "2",
      key: "k",
      pid: child.pid,
      xbp: true,
      streams: true,
      joins: true,
    });
    routes = (await gateway.message("SyncRoutes")).payload as typeof routes;
  });

  afterEach(async () => {
    child.kill("SIGKILL");
    await exited;
    await gateway.close();
  });

  async function get(url: string, params: Record<string, string> = {}) {
    const query = Object.fromEntries(new URL(url, "http://app").searchParams);
    const answer = await gateway.fetch({ url, params, query });
    return [answer.status, (await bodyOf(answer)).toString()];
  }

  async function post(url: string, body: string) {
    const { status, body: bytes } = await gateway.fetch({ method: "POST", url, body: Buffer.from(body) });
    return [status, bytes.toString()];
  }

  test("serves its pages, and registers the route of its files", async () => {
    expect(routes).toContainEqual({ method: "GET", path: "/users/:id", target: "worker" });
    expect(routes).toContainEqual({
      method: "GET",
      path: "/files/*filepath",
      target: "static",
      file_path: sandbox.root,
    });
    expect(await get("/hello")).toEqual([200, "hello"]);
    expect(await get("/users/7", { id: "7" })).toEqual([200, '{"id":"7"}']);
    expect(await get("/headers")).toEqual([200, '{"host":"app.test"}']);
    expect(await get("/slow?ms=1")).toEqual([200, "slow"]);
    expect(await get("/status/418", { code: "418" })).toEqual([418, "status"]);
    expect(await get("/pid")).toEqual([200, JSON.stringify({ worker: "2", pid: child.pid })]);
    expect(await get("/nowhere")).toEqual([404, "no such page"]);
    expect(await get("/stream")).toEqual([200, "line 1\nline 2\nline 3\nline 4\nline 5\n"]);
    expect((await get("/big?bytes=300000"))[1]).toHaveLength(300_000);
    expect(await post("/echo", "grüße")).toEqual([200, "grüße"]);
    expect(await post("/json", '{"a":1}')).toEqual([200, '{"got":{"a":1}}']);
    expect(await post("/upload", '{"name":"x"}')).toEqual([200, '{"fields":{"name":"x"},"files":[],"errors":[]}']);
    expect((await post("/json", "{"))[0]).toBe(500);
  });

  test("echoes a body that is sent in chunks", async () => {
    const exchange = gateway.send({ method: "POST", url: "/echo" }, { input: true });
    const body = Buffer.alloc(3_000_000, "chunk");
    const written = exchange.input.write(body).then(() => exchange.endInput());
    expect((await bodyOf(await exchange.answer)).equals(body)).toBe(true);
    await written;
  });

  test("speaks WebSocket", async () => {
    const front = await websocketFront(gateway, sandbox.path("front.sock"));
    const socket = new WebSocket(`ws+unix://${front.path}:/socket`);
    await once(socket, "open");
    socket.send("hello");
    expect(String((await once(socket, "message"))[0])).toBe("hello");
    socket.send(Buffer.alloc(200_000, 7));
    expect((await once(socket, "message"))[0]).toHaveLength(200_000);
    socket.close(4_000);
    expect((await once(socket, "close"))[0]).toBe(4_000);
    front.server.close();
  });

  test("exits with its own status when it crashes, and its request fails", async () => {
    const crashing = gateway.fetch({ url: "/crash" });
    await expect(crashing).rejects.toThrow("the worker closed its connection");
    expect(await exited).toEqual([3, null]);
  });

  test("exits with status 1 when the gateway closes the connection", async () => {
    expect(await get("/hello")).toEqual([200, "hello"]);
    await gateway.close();
    expect(await exited).toEqual([1, null]);
    gateway = await FakeGateway.listen(sandbox.path("another.sock"));
  });

  test("hangs at /hang until it is killed", async () => {
    const hanging = gateway.fetch({ url: "/hang" });
    child.kill("SIGTERM");
    await expect(hanging).rejects.toThrow("the worker closed its connection");
    expect(await exited).toEqual([null, "SIGTERM"]);
  });
});

/** A minimal HTTP server in front of a worker, for one upgrade. */
async function websocketFront(gateway: FakeGateway, path: string) {
  const server = createServer((socket) => {
    socket.once("data", (bytes: Buffer) => void upgrade(gateway, socket, bytes.toString()));
    socket.on("error", () => {});
  });
  await once(server.listen(path), "listening");
  return { server, path };
}

async function upgrade(gateway: FakeGateway, socket: Socket, head: string): Promise<void> {
  const [first = "", ...lines] = head.trimEnd().split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => [line.split(": ")[0]?.toLowerCase(), line.split(": ")[1] ?? ""]),
  );
  const exchange = gateway.send({ url: first.split(" ")[1] ?? "", headers }, { input: true, upgrade: true });
  const { status, headers: fields, stream } = await exchange.answer;
  socket.write(`HTTP/1.1 ${status} Upgraded\r\n`);
  for (const [name, value] of Object.entries(fields)) socket.write(`${name}: ${value}\r\n`);
  socket.write("\r\n");
  let writing = Promise.resolve();
  socket.on("data", (bytes: Buffer) => {
    writing = writing.then(() => exchange.input.write(bytes));
  });
  socket.on("end", () => void writing.then(() => exchange.endInput()));
  for await (const bytes of stream ?? []) socket.write(bytes);
  socket.end();
}
