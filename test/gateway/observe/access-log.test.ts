import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createAccessLog } from "../../../internal/gateway/observe/access-log.ts";
import { fakeExchange } from "../fake-exchange.ts";
import { fakeLog } from "../fake-log.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the access log has one line per request, without the query", () => {
  const { log, lines } = fakeLog();
  const exchange = fakeExchange({
    method: "POST",
    url: "/users/7?token=secret",
    headers: { "user-agent": "curl/8" },
    client: "203.0.113.9",
  });
  exchange.route = "/users/:id";
  vi.advanceTimersByTime(12.5);
  createAccessLog(log)(exchange, 201, 512);
  expect(lines).toEqual([
    {
      level: "info",
      method: "POST",
      path: "/users/7",
      route: "/users/:id",
      status: 201,
      ms: 12.5,
      bytes: 512,
      client: "203.0.113.9",
      agent: "curl/8",
      msg: "request",
    },
  ]);
});

test("a log line with values of the client has a limited length, and is always a single line", () => {
  const { log, lines } = fakeLog();
  const agent = `\u001b[31m\n${"x".repeat(10_000)}`;
  createAccessLog(log)(fakeExchange({ url: `/${"p".repeat(100_000)}`, headers: { "user-agent": agent } }), 414, 0);
  expect(lines).toHaveLength(1);
  expect(JSON.stringify(lines).length).toBeLessThan(3_000);
});
