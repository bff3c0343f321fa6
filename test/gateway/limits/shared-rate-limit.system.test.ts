import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { freePort } from "../../../bench/free-port.ts";
import { createRateLimit } from "../../../internal/gateway/limits/rate-limit.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { fakeLog } from "../fake-log.ts";
import { HAS_REDIS, RedisServer } from "./redis.ts";
import { serveBehind } from "./support.ts";

const sandbox = useSandbox();
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A gateway's rate limit behind a real server, and the lines that it logs. */
async function gateway(store: string, max: number, window = 60_000) {
  const { log, lines } = fakeLog();
  const options = { max, window, message: "Slow down", headers: true, legacyHeaders: false, exclude: [], store };
  const limit = await createRateLimit(options, log);
  const server = await serveBehind(limit.gate);
  cleanUps.push(limit.close, server.close);
  return { lines, ask: () => fetch(server.url) };
}

const statusesOf = async (requests: Promise<Response>[]) => (await Promise.all(requests)).map(({ status }) => status);
const messagesOf = (lines: Record<string, unknown>[]) => lines.map(({ level, msg }) => `${level}: ${msg}`);
const PATIENCE = { timeout: 25_000, interval: 50 };
const DOWN = "warn: the rate limit's store is down: requests are not counted";
const BACK = "info: the rate limit's store is back";

describe.skipIf(!HAS_REDIS)("gateways with a shared Redis (skipped without redis-server)", () => {
  let redis: RedisServer;
  beforeEach(async () => {
    redis = new RedisServer(await freePort());
    await redis.start(sandbox.root);
    cleanUps.push(() => redis.kill());
  });

  test("count together", async () => {
    const [one, two] = [await gateway(redis.url, 10), await gateway(redis.url, 10)];
    const statuses = await statusesOf(Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? one : two).ask()));
    expect(statuses.toSorted()).toEqual([...Array(10).fill(200), ...Array(10).fill(429)]);
    const { headers } = await one.ask();
    expect(headers.get("ratelimit-limit")).toBe("10");
    expect(headers.get("ratelimit-remaining")).toBe("0");
    expect(Number(headers.get("ratelimit-reset"))).toSatisfy((seconds: number) => seconds > 0 && seconds <= 60);
  });

  test("accept a client again when its window has ended", async () => {
    const { ask } = await gateway(redis.url, 1, 300);
    const statuses = new Set<number>();
    // All refused requests belong to one window. A request that passes begins the next.
    await vi.waitUntil(async () => {
      const { status } = await ask();
      const isBack = status === 200 && statuses.has(429);
      statuses.add(status);
      return isBack;
    }, PATIENCE);
    expect([...statuses].toSorted()).toEqual([200, 429]);
  });

  test("let requests pass while it is down, count again when it is back, and log each change once", async () => {
    const { ask, lines } = await gateway(redis.url, 1);
    expect(await statusesOf([ask(), ask()])).toEqual(expect.arrayContaining([200, 429]));
    await redis.kill();
    expect(await statusesOf([ask(), ask(), ask()])).toEqual([200, 200, 200]);
    expect(messagesOf(lines)).toEqual([DOWN]);
    await redis.start(sandbox.root);
    await vi.waitUntil(async () => (await ask()).status === 429, PATIENCE);
    expect(messagesOf(lines)).toEqual([DOWN, BACK]);
  });

  test("do not wait if it hangs", async () => {
    const { ask, lines } = await gateway(redis.url, 1);
    await ask();
    await redis.kill("SIGSTOP");
    expect((await ask()).status).toBe(200);
    expect(messagesOf(lines)).toEqual([DOWN]);
    expect(await statusesOf(Array.from({ length: 50 }, ask))).toEqual(Array(50).fill(200));
    await redis.kill("SIGCONT");
    await vi.waitUntil(async () => (await ask()).status === 429, PATIENCE);
  });
});

test("a gateway starts without its store, and logs that once", async () => {
  const { ask, lines } = await gateway(`redis://user:secret@127.0.0.1:${await freePort()}`, 1);
  expect(await statusesOf([ask(), ask(), ask()])).toEqual([200, 200, 200]);
  expect(messagesOf(lines)).toEqual([DOWN]);
  expect(JSON.stringify(lines)).not.toContain("secret");
});

test.each(["memcached://localhost", "127.0.0.1:6379", "redis://"])("a store cannot have the URL %s", async (store) => {
  await expect(gateway(store, 1)).rejects.toMatchObject({ code: "INVALID_PARAMS" });
});
