import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { closedPort, named, startProxy, startUpstream } from "./harness.ts";

async function names(url: string, count: number): Promise<Record<string, number>> {
  const times: Record<string, number> = {};
  for (let i = 0; i < count; i += 1) {
    const name = await (await fetch(url)).text();
    times[name] = (times[name] ?? 0) + 1;
  }
  return times;
}

describe("requests are distributed", () => {
  test("in turn", async () => {
    const upstreams = await Promise.all(["a", "b", "c"].map((name) => startUpstream(named(name))));
    const { url } = await startProxy({ upstreams: upstreams.map((upstream) => upstream.url) });
    expect(await names(url, 30)).toEqual({ a: 10, b: 10, c: 10 });
  });

  test("by weight", async () => {
    const [a, b] = await Promise.all(["a", "b"].map((name) => startUpstream(named(name))));
    const { url, proxy } = await startProxy({
      upstreams: [`${a?.url}#4`, `${b?.url}`],
      strategy: "weighted-round-robin",
    });
    expect(await names(url, 30)).toEqual({ a: 24, b: 6 });
    expect(proxy.status()).toMatchObject([{ weight: 4 }, { weight: 1 }]);
  });

  test("by the number of requests in flight", async () => {
    const held = await startUpstream(() => {});
    const free = await startUpstream(named("free"));
    const { url, proxy } = await startProxy({ upstreams: [held.url, free.url], strategy: "least-connections" });
    const client = new AbortController();
    const answer = fetch(url, { signal: client.signal });
    await once(held.server, "request");
    expect(await names(url, 10)).toEqual({ free: 10 });
    expect(proxy.status()).toMatchObject([{ active: 1 }, { active: 0 }]);
    client.abort();
    await expect(answer).rejects.toThrow("aborted");
  });

  test("by response time, and a fast failure does not count as a fast response", async () => {
    const failing = await startUpstream((request) => request.socket.resetAndDestroy());
    const good = await startUpstream(named("good"));
    const { url } = await startProxy({ upstreams: [failing.url, good.url], strategy: "least-response-time" });
    expect(await names(url, 20)).toEqual({ good: 20 });
    expect(failing.requests()).toBeLessThanOrEqual(2);
  });

  test("by the client's address", async () => {
    const upstreams = await Promise.all(["a", "b", "c"].map((name) => startUpstream(named(name))));
    const { url } = await startProxy({ upstreams: upstreams.map((upstream) => upstream.url), strategy: "ip-hash" });
    expect(Object.values(await names(url, 10))).toEqual([10]);
  });
});

describe("health checks", () => {
  const check = { interval: 10, timeout: 2_000, path: "/health", unhealthy: 2, healthy: 2 };

  test("remove an upstream that fails them, and return it later", async () => {
    let status = 500;
    const sick = await startUpstream((request, response) => {
      if (request.url === "/health") response.statusCode = status;
      response.end("sick");
    });
    const well = await startUpstream(named("well"));
    const { url, proxy, log } = await startProxy({ upstreams: [sick.url, well.url], healthCheck: check });
    await expect.poll(() => proxy.status()[0]?.healthy, { timeout: 20_000 }).toBe(false);
    expect(await names(url, 6)).toEqual({ well: 6 });
    status = 302;
    await expect.poll(() => proxy.status()[0]?.healthy, { timeout: 20_000 }).toBe(true);
    expect(await names(url, 6)).toEqual({ sick: 3, well: 3 });
    const told = log.filter(({ upstream, msg }) => upstream === sick.url && /health/.test(String(msg)));
    expect(told).toMatchObject([{ level: 40, reason: "status 500" }, { level: 30 }]);
  });

  test("that fail for all upstreams cause a 503 at once", async () => {
    const port = await closedPort();
    const { url, proxy } = await startProxy({ upstreams: [`http://127.0.0.1:${port}`], healthCheck: check });
    await expect.poll(() => proxy.status()[0]?.healthy, { timeout: 20_000 }).toBe(false);
    await expect.poll(async () => (await fetch(url)).status, { timeout: 20_000 }).toBe(503);
    await startUpstream(named("back"), port);
    await expect.poll(async () => (await fetch(url)).status, { timeout: 20_000 }).toBe(200);
  });

  test("that time out have failed", async () => {
    const silent = await startUpstream(() => {});
    const { proxy } = await startProxy({ upstreams: [silent.url], healthCheck: { ...check, timeout: 20 } });
    await expect.poll(() => proxy.status()[0]?.healthy, { timeout: 20_000 }).toBe(false);
  });

  test.each(["health", "", "/a b", "http://x/"])("with the invalid path %j are refused", async (path) => {
    const proxy = startProxy({ upstreams: ["http://127.0.0.1:1"], healthCheck: { ...check, path } });
    await expect(proxy).rejects.toMatchObject({ code: "INVALID_PARAMS" });
  });

  test("end with the proxy", async () => {
    const upstream = await startUpstream(named("a"));
    const { proxy } = await startProxy({ upstreams: [upstream.url], healthCheck: check });
    await expect.poll(() => upstream.requests()).toBeGreaterThan(1);
    proxy.close();
    await expect
      .poll(() => new Promise((resolve) => upstream.server.getConnections((_error, n) => resolve(n))))
      .toBe(0);
  });
});
