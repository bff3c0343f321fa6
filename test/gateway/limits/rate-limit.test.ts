import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createRateLimit } from "../../../internal/gateway/limits/rate-limit.ts";
import type { RateLimitOptions } from "../../../internal/gateway/options.ts";
import { fakeExchange } from "../fake-exchange.ts";
import { fakeLog } from "../fake-log.ts";

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) }));
afterEach(() => void vi.useRealTimers());

async function limited(options: Partial<RateLimitOptions>) {
  const { gate } = await createRateLimit(
    { max: 2, window: 60_000, message: "Slow down", headers: true, legacyHeaders: true, exclude: [], ...options },
    fakeLog().log,
  );
  return async (url = "/", peer = "192.0.2.1") => {
    const exchange = fakeExchange({ url, peer });
    const answer = await gate(exchange);
    const body = answer?.body as Buffer | undefined;
    return { status: answer?.status, headers: exchange.extraHeaders, answer, body: body?.toString() };
  };
}

describe("a client above its rate limit", () => {
  test("is refused with 429 until its window ends, and other clients are not", async () => {
    const ask = await limited({});
    const statuses = [await ask(), await ask(), await ask(), await ask("/", "192.0.2.2")].map(({ status }) => status);
    expect(statuses).toEqual([undefined, undefined, 429, undefined]);
    vi.advanceTimersByTime(60_000);
    expect((await ask()).status).toBeUndefined();
  });

  test("is answered in JSON, or with the message itself if that is JSON", async () => {
    const ask = await limited({ max: 0, message: 'Slow "down"' });
    const { answer, body } = await ask();
    expect(body).toBe('{"error":"Slow \\"down\\""}');
    expect(answer?.headers).toEqual({ "content-type": "application/json; charset=utf-8" });
    const askJson = await limited({ max: 0, message: '{"code":7}' });
    expect((await askJson()).body).toBe('{"code":7}');
  });
});

describe("every response", () => {
  test("has the limit, the remaining number and the end of the window (in seconds, and as Unix time)", async () => {
    const ask = await limited({});
    vi.advanceTimersByTime(500);
    await ask();
    vi.advanceTimersByTime(10_500);
    expect((await ask()).headers).toEqual({
      "ratelimit-limit": "2",
      "ratelimit-remaining": "0",
      "ratelimit-reset": "50",
      "x-ratelimit-limit": "2",
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": String(Date.UTC(2026, 0, 1) / 1000 + 61),
    });
    expect((await ask()).headers).toMatchObject({ "ratelimit-remaining": "0", "retry-after": "50" });
  });

  test("has no such headers if they are disabled", async () => {
    const ask = await limited({ headers: false, legacyHeaders: false });
    expect((await ask()).headers).toBeUndefined();
    expect(Object.keys((await (await limited({ headers: false }))()).headers ?? {})).toEqual([
      "x-ratelimit-limit",
      "x-ratelimit-remaining",
      "x-ratelimit-reset",
    ]);
  });
});

describe("excluded paths", () => {
  test.each([
    ["/health", "/health"],
    ["/assets/", "/assets/a.css?v=1"],
    ["RE:^/v\\d+/ping$", "/v12/ping?x"],
    ["RE:^/(?!api/)", "/page"], // not supported by RE2
  ])("matching %s are not counted: %s", async (entry, url) => {
    const ask = await limited({ max: 0, exclude: [entry] });
    expect(await ask(url)).toMatchObject({ status: undefined, headers: undefined });
  });

  test.each([
    ["/health", "/"],
    ["/health", "/x/health"],
    ["/assets/", "/assets/../api/login"],
    ["/assets/", "/assets/%2E%2e/api/login"],
    ["/assets/", "/assets/..%2fapi/login"],
    ["RE:^/v\\d+/ping$", "/v12/ping/more"],
    ["RE:^/(?!api/)", "/api/x"],
    ["", "/"],
  ])("%j do not include other paths: %s", async (entry, url) => {
    const ask = await limited({ max: 0, exclude: [entry] });
    expect((await ask(url)).status).toBe(429);
  });

  test("with a regular expression of exponential time are matched quickly", async () => {
    const ask = await limited({ max: 0, exclude: ["RE:^(/a+)+$"] });
    vi.useRealTimers();
    const began = performance.now();
    expect((await ask(`/${"a".repeat(1_000)}!`)).status).toBe(429);
    expect((await ask(`/${"a".repeat(100_000)}`)).status).toBe(429);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test("with an invalid regular expression are refused", async () => {
    await expect(limited({ exclude: ["RE:("] })).rejects.toMatchObject({ code: "INVALID_PARAMS" });
  });
});
