import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { cleanUp, closedPort, named, startProxy, startUpstream, type TestUpstream } from "./harness.ts";

interface TestSockets extends TestUpstream {
  readonly sockets: WebSocketServer;
}

/** A WebSocket server that sends a greeting with its name, and echoes messages. */
async function startEcho(name = "echo"): Promise<TestSockets> {
  const upstream = await startUpstream(named("no WebSocket"));
  const sockets = new WebSocketServer({
    server: upstream.server,
    handleProtocols: (offered) => [...offered].at(-1) ?? false,
  });
  sockets.on("connection", (socket, request) => {
    socket.send(JSON.stringify({ name, url: request.url, headers: request.headers }));
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  cleanUp(() => sockets.close());
  return { ...upstream, sockets };
}

/** An open WebSocket that has received the greeting. */
async function open(port: number): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
  cleanUp(() => socket.terminate());
  await Promise.all([once(socket, "open"), once(socket, "message")]);
  return socket;
}

async function message(socket: WebSocket): Promise<string> {
  const [data] = (await once(socket, "message")) as [Buffer];
  return data.toString();
}

/** The response to an upgrade that is refused. */
async function refusal(
  port: number,
): Promise<{ status: number | undefined; headers: IncomingMessage["headers"]; body: string }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
  socket.on("error", () => {});
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: (await response.toArray()).join("") };
}

/** Answers the first bytes of every connection with `bytes`. */
async function startRaw(bytes: string | Buffer, after: (socket: Socket) => void = () => {}): Promise<string> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    cleanUp(() => socket.destroy());
    socket.on("error", () => {}).once("data", () => socket.write(bytes, () => after(socket)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUp(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const AGREED = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Own: 1\r\n\r\n";
const WISH = "GET /raw HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

test("an upgrade to another protocol than requested is answered with 502", async () => {
  const upstream = await startRaw(AGREED.replace("websocket", "h2c"));
  const { port, log } = await startProxy({ upstreams: [upstream] });
  expect((await refusal(port)).status).toBe(502);
  expect(log.filter(({ level }) => level === 40)).toMatchObject([
    { status: 502, upstream, reason: expect.any(String) },
  ]);
});

describe("a WebSocket", () => {
  test("is connected to an upstream with path, query, protocol and origin, and works both ways", async () => {
    const upstream = await startEcho();
    const { port, proxy } = await startProxy({ upstreams: [upstream.url] });
    const socket = new WebSocket(`ws://127.0.0.1:${port}/chat?room=1`, ["a", "b"], { origin: "http://shop.example" });
    cleanUp(() => socket.terminate());
    const greeting = JSON.parse(await message(socket));
    expect(greeting).toMatchObject({
      url: "/chat?room=1",
      headers: {
        host: `127.0.0.1:${port}`,
        origin: "http://shop.example",
        upgrade: "websocket",
        connection: "Upgrade",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-proto": "http",
      },
    });
    expect(socket.protocol).toBe("b");
    socket.send("hello");
    expect(await message(socket)).toBe("hello");
    const big = Buffer.alloc(5_000_000, "x");
    socket.send(big);
    expect((await message(socket)).length).toBe(big.length);
    expect(proxy.status()).toMatchObject([{ active: 1 }]);
    socket.close(4_001, "done");
    expect((await once(socket, "close"))[0]).toBe(4_001);
    await expect.poll(() => proxy.status()).toMatchObject([{ active: 0, failures: 0 }]);
  });

  test("receives data sent together with the 101, and data that the client sends early is delivered", async () => {
    const url = await startRaw(`${AGREED}early`, (socket) => socket.on("data", (bytes) => socket.write(bytes)));
    const { port } = await startProxy({ upstreams: [url] });
    const client = connect(port, "127.0.0.1");
    cleanUp(() => client.destroy());
    client.write(`${WISH}too early`);
    let heard = "";
    for await (const bytes of client) {
      heard += bytes;
      if (heard.endsWith("too early")) break;
    }
    expect(heard).toBe(`${AGREED}earlytoo early`);
  });

  test("is closed if its upstream dies", async () => {
    const upstream = await startEcho();
    const { port } = await startProxy({ upstreams: [upstream.url] });
    const socket = await open(port);
    socket.on("error", () => {});
    const closed = once(socket, "close");
    await upstream.die();
    expect((await closed)[0]).toBe(1_006);
  });

  test("is closed at the upstream if its client dies", async () => {
    const upstream = await startEcho();
    const { port, proxy } = await startProxy({ upstreams: [upstream.url] });
    const connected = once(upstream.sockets, "connection") as Promise<[WebSocket]>;
    const socket = await open(port);
    const [far] = await connected;
    far.on("error", () => {});
    const closed = once(far, "close");
    socket.terminate();
    expect((await closed)[0]).toBe(1_006);
    await expect.poll(() => proxy.status()).toMatchObject([{ active: 0 }]);
  });

  test("can be idle for longer than the response timeout", async () => {
    const upstream = await startEcho();
    const { port } = await startProxy({ upstreams: [upstream.url], timeout: 20 });
    const socket = await open(port);
    await new Promise((resolve) => setTimeout(resolve, 100));
    socket.send("hello");
    expect(await message(socket)).toBe("hello");
  });

  test("is closed with the proxy", async () => {
    const upstream = await startEcho();
    const { port, proxy } = await startProxy({ upstreams: [upstream.url] });
    const socket = await open(port);
    socket.on("error", () => {});
    const closed = once(socket, "close");
    proxy.close();
    await closed;
  });

  test("counts as a request in flight of its upstream", async () => {
    const upstreams = await Promise.all(["a", "b"].map(startEcho));
    const { port } = await startProxy({ upstreams: upstreams.map(({ url }) => url), strategy: "least-connections" });
    const greetings: string[] = [];
    for (let i = 0; i < 4; i += 1) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
      cleanUp(() => socket.terminate());
      greetings.push(JSON.parse(await message(socket)).name);
    }
    expect(greetings).toEqual(["a", "b", "a", "b"]);
  });
});

describe("an upgrade", () => {
  test.each([401, 404, 503])("that the upstream refuses with %d is answered with that response", async (status) => {
    const upstream = await startUpstream(named("no"));
    upstream.server.on("upgrade", (_request, socket) => {
      socket.end(`HTTP/1.1 ${status} No\r\nwww-authenticate: Basic\r\ncontent-length: 8\r\n\r\nnot you!`);
    });
    const { port, proxy } = await startProxy({ upstreams: [upstream.url] });
    const told = await refusal(port);
    expect(told).toMatchObject({ status, body: "not you!", headers: { "www-authenticate": "Basic" } });
    expect(proxy.status()).toMatchObject([{ active: 0, failures: 0 }]);
  });

  test("to an upstream without WebSocket is answered with its normal response", async () => {
    const upstream = await startUpstream((_request, response) => response.writeHead(200).end("a page"));
    const { port } = await startProxy({ upstreams: [upstream.url] });
    expect(await refusal(port)).toMatchObject({ status: 200, body: "a page" });
  });

  test("is retried on another upstream if the first is unreachable or disconnects", async () => {
    const dead = `http://127.0.0.1:${await closedPort()}`;
    const dying = await startUpstream(named("no"));
    dying.server.on("upgrade", (_request, socket) => socket.destroy());
    const alive = await startEcho();
    const { port, proxy } = await startProxy({ upstreams: [dead, dying.url, alive.url] });
    const socket = await open(port);
    socket.send("hello");
    expect(await message(socket)).toBe("hello");
    expect(proxy.status()).toMatchObject([{ healthy: false }, { healthy: true, failures: 1 }, { failures: 0 }]);
  });

  test("is answered with 502 if no upstream is reachable", async () => {
    const { port } = await startProxy({ upstreams: [`http://127.0.0.1:${await closedPort()}`] });
    expect((await refusal(port)).status).toBe(502);
  });

  test("that times out is answered with 504, and its connection is closed", async () => {
    const upstream = await startUpstream(named("no"));
    const gone = Promise.withResolvers<void>();
    upstream.server.on("upgrade", (_request, socket) => {
      socket.on("end", () => gone.resolve()).on("error", () => gone.resolve());
      socket.resume();
    });
    const { port, proxy } = await startProxy({ upstreams: [upstream.url], timeout: 30 });
    expect((await refusal(port)).status).toBe(504);
    await gone.promise;
    expect(proxy.status()).toMatchObject([{ active: 0, failures: 1 }]);
  });

  test.each([
    ["an endless header", `HTTP/1.1 101 Switching Protocols\r\n${"x-many: 1\r\n".repeat(10_000)}`],
    ["bytes that are not HTTP", "SSH-2.0-OpenSSH_9.9\r\n"],
  ])("that is answered with %s gives 502", async (_what, bytes) => {
    const { port } = await startProxy({ upstreams: [await startRaw(bytes)] });
    expect((await refusal(port)).status).toBe(502);
  });

  test("is cancelled if its client disconnects", async () => {
    const upstream = await startUpstream(named("no"));
    const asked = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    upstream.server.on("upgrade", (_request, socket) => {
      socket.on("end", () => gone.resolve()).on("error", () => gone.resolve());
      socket.resume();
      asked.resolve();
    });
    const { port, proxy } = await startProxy({ upstreams: [upstream.url] });
    const headers = { connection: "upgrade", upgrade: "websocket" };
    const request = httpRequest({ host: "127.0.0.1", port, headers, agent: false }).end();
    request.on("error", () => {});
    await asked.promise;
    request.destroy();
    await gone.promise;
    await expect.poll(() => proxy.status()).toMatchObject([{ active: 0, failures: 0, healthy: true }]);
  });
});
