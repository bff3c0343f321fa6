import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { cleanUp, closedPort, named, startProxy, startUpstream, type TestUpstream } from "./harness.ts";

interface TestSockets extends TestUpstream {
  readonly sockets: WebSocketServer;
}

/** Says back what it is told, after the name it was greeted with. */
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

/** Open, and greeted. */
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

/** A client that is told no. */
async function refusal(
  port: number,
): Promise<{ status: number | undefined; headers: IncomingMessage["headers"]; body: string }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
  socket.on("error", () => {});
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: (await response.toArray()).join("") };
}

/** Answers the first bytes of every connection with the same bytes. */
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

test("a change to a protocol that nobody asked for is 502", async () => {
  const upstream = await startRaw(AGREED.replace("websocket", "h2c"));
  const { port, log } = await startProxy({ upstreams: [upstream] });
  expect((await refusal(port)).status).toBe(502);
  expect(log.filter(({ level }) => level === 40)).toMatchObject([
    { status: 502, upstream, reason: expect.any(String) },
  ]);
});

describe("a WebSocket", () => {
  test("goes to an upstream with path, query, protocol and origin, and speaks both ways", async () => {
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

  test("hears what the upstream says together with its agreement, and is heard with what it says too early", async () => {
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

  test("is closed when its upstream dies", async () => {
    const upstream = await startEcho();
    const { port } = await startProxy({ upstreams: [upstream.url] });
    const socket = await open(port);
    socket.on("error", () => {});
    const closed = once(socket, "close");
    await upstream.die();
    expect((await closed)[0]).toBe(1_006);
  });

  test("is closed at the upstream when its client dies", async () => {
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

  test("may be silent for longer than an answer may take", async () => {
    const upstream = await startEcho();
    const { port } = await startProxy({ upstreams: [upstream.url], timeout: 20 });
    const socket = await open(port);
    await new Promise((resolve) => setTimeout(resolve, 100));
    socket.send("hello");
    expect(await message(socket)).toBe("hello");
  });

  test("ends with the proxy", async () => {
    const upstream = await startEcho();
    const { port, proxy } = await startProxy({ upstreams: [upstream.url] });
    const socket = await open(port);
    socket.on("error", () => {});
    const closed = once(socket, "close");
    proxy.close();
    await closed;
  });

  test("counts as one of the things that its upstream has to do", async () => {
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

describe("a wish for WebSocket", () => {
  test.each([401, 404, 503])("that the upstream refuses with %d is refused with its own words", async (status) => {
    const upstream = await startUpstream(named("no"));
    upstream.server.on("upgrade", (_request, socket) => {
      socket.end(`HTTP/1.1 ${status} No\r\nwww-authenticate: Basic\r\ncontent-length: 8\r\n\r\nnot you!`);
    });
    const { port, proxy } = await startProxy({ upstreams: [upstream.url] });
    const told = await refusal(port);
    expect(told).toMatchObject({ status, body: "not you!", headers: { "www-authenticate": "Basic" } });
    expect(proxy.status()).toMatchObject([{ active: 0, failures: 0 }]);
  });

  test("that an upstream without WebSocket answers as a request gets that answer", async () => {
    const upstream = await startUpstream((_request, response) => response.writeHead(200).end("a page"));
    const { port } = await startProxy({ upstreams: [upstream.url] });
    expect(await refusal(port)).toMatchObject({ status: 200, body: "a page" });
  });

  test("goes to another upstream when the first cannot be reached, or dies over it", async () => {
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

  test("that no upstream can be reached for is 502", async () => {
    const { port } = await startProxy({ upstreams: [`http://127.0.0.1:${await closedPort()}`] });
    expect((await refusal(port)).status).toBe(502);
  });

  test("that is not answered in time is 504, and its connection is ended", async () => {
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
    ["a head without end", `HTTP/1.1 101 Switching Protocols\r\n${"x-many: 1\r\n".repeat(10_000)}`],
    ["no HTTP", "SSH-2.0-OpenSSH_9.9\r\n"],
  ])("that is answered with %s is 502", async (_what, bytes) => {
    const { port } = await startProxy({ upstreams: [await startRaw(bytes)] });
    expect((await refusal(port)).status).toBe(502);
  });

  test("whose client goes is taken back", async () => {
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
