import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { cleanUp, closedPort, named, startProxy, startUpstream } from "./harness.ts";

describe("an unreachable upstream", () => {
  test.each(["GET", "POST"])("is skipped, and a %s is sent to another with its body", async (method) => {
    const dead = `http://127.0.0.1:${await closedPort()}`;
    const alive = await startUpstream(async (request, response) => response.end((await request.toArray()).join("")));
    const { url, proxy, log } = await startProxy({ upstreams: [dead, alive.url] });
    const body = method === "POST" ? "hello" : null;
    const answers = await Promise.all(Array.from({ length: 10 }, () => fetch(url, { method, body })));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(await answers[0]?.text()).toBe(body ?? "");
    expect(proxy.status()).toMatchObject([{ healthy: false }, { healthy: true, failures: 0 }]);
    const told = log.filter(({ level }) => level === 40);
    expect(told).toMatchObject([{ upstream: dead, reason: expect.stringContaining("ECONNREFUSED") }]);
  });

  test("is tried if all are suspended: 502 at once, and answered as soon as it is back", async () => {
    const port = await closedPort();
    const { url, proxy } = await startProxy({ upstreams: [`http://127.0.0.1:${port}`] });
    expect((await fetch(url)).status).toBe(502);
    expect((await fetch(url)).status).toBe(502);
    expect(proxy.status()).toMatchObject([{ healthy: false, failures: 2 }]);
    await startUpstream(named("back"), port);
    expect(await (await fetch(url)).text()).toBe("back");
    expect(proxy.status()).toMatchObject([{ healthy: true, active: 0 }]);
  });
});

describe("an upstream that disconnects during a request", () => {
  test.each(["GET", "HEAD", "OPTIONS", "DELETE"])("is replaced by another for a %s", async (method) => {
    const bad = await startUpstream((request) => request.socket.resetAndDestroy());
    const good = await startUpstream(named("good"));
    const { url } = await startProxy({ upstreams: [bad.url, good.url] });
    const answers = await Promise.all(Array.from({ length: 6 }, () => fetch(url, { method })));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(bad.requests()).toBeGreaterThan(0);
  });

  test.each(["POST", "PATCH"])("has received a %s, which is not retried: 502", async (method) => {
    const bad = await startUpstream((request) => request.socket.resetAndDestroy());
    const good = await startUpstream(named("good"));
    const { url } = await startProxy({ upstreams: [bad.url, good.url] });
    expect((await fetch(url, { method, body: "pay" })).status).toBe(502);
    expect([bad.requests(), good.requests()]).toEqual([1, 0]);
  });

  test("within a small response is replaced by another", async () => {
    const bad = await startUpstream((_request, response) => {
      response.writeHead(200, { "content-length": 10 });
      response.write("half", () => response.socket?.resetAndDestroy());
    });
    const good = await startUpstream(named("good"));
    const { url } = await startProxy({ upstreams: [bad.url, good.url] });
    expect(await (await fetch(url)).text()).toBe("good");
  });

  test("like all others gives 502, and each is tried once, plus once per closed idle connection", async () => {
    const bad = await Promise.all([1, 2].map(() => startUpstream((request) => request.socket.resetAndDestroy())));
    const { url } = await startProxy({ upstreams: bad.map((upstream) => upstream.url) });
    const response = await fetch(url);
    expect([response.status, await response.json()]).toEqual([502, { error: "the upstream server failed to answer" }]);
    expect(bad.reduce((sum, { requests }) => sum + requests(), 0)).toBeLessThanOrEqual(3);
  });
});

test("no request fails if the only upstream closes an idle connection as it is reused", async () => {
  const { port } = await startClosing();
  const { url } = await startProxy({ upstreams: [`http://127.0.0.1:${port}`] });
  expect(await (await fetch(url)).text()).toBe("1");
  expect(await (await fetch(url)).text()).toBe("1");
});

describe("an upstream that does not respond", () => {
  test("times out: 504, and the request to it is cancelled", async () => {
    const gone = Promise.withResolvers<void>();
    const slow = await startUpstream((_request, response) => response.on("close", () => gone.resolve()));
    const { url, proxy } = await startProxy({ upstreams: [slow.url], timeout: 50 });
    const response = await fetch(url);
    expect([response.status, await response.json()]).toEqual([
      504,
      { error: "the upstream server did not answer in time" },
    ]);
    await gone.promise;
    expect(proxy.status()).toMatchObject([{ active: 0, failures: 1, healthy: true }]);
  });

  test("in the middle of a body times out, and the response is aborted", async () => {
    const slow = await startUpstream((_request, response) => response.write("beginning"));
    const { url } = await startProxy({ upstreams: [slow.url], timeout: 50 });
    const response = await fetch(url);
    await expect(response.text()).rejects.toThrow("terminated");
  });
});

describe("an upstream that violates the protocol", () => {
  test.each([
    ["not HTTP", "SSH-2.0-OpenSSH_9.9\r\n"],
    ["an endless header", `HTTP/1.1 200 OK\r\n${"x-many: 1\r\n".repeat(10_000)}`],
    ["an upgrade that was not requested", "HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"],
    ["two Content-Length headers", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab"],
  ])("causes a 502: %s", async (_what, bytes) => {
    const server = createServer((socket) => socket.on("error", () => {}).once("data", () => socket.write(bytes)));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    cleanUp(() => server.close());
    const { url, proxy } = await startProxy({
      upstreams: [`http://127.0.0.1:${(server.address() as { port: number }).port}`],
    });
    expect((await fetch(url)).status).toBe(502);
    expect(proxy.status()).toMatchObject([{ active: 0 }]);
  });
});

/** Answers one request on each connection, and closes it at the next one. */
async function startClosing(): Promise<{ port: number }> {
  const server = createServer((socket: Socket) => {
    let requests = 0;
    socket.on("error", () => {});
    socket.on("data", () => {
      requests += 1;
      if (requests > 1) socket.end();
      else socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n${requests}`);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUp(() => server.close());
  return server.address() as { port: number };
}
