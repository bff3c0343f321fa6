import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Answer } from "../../../internal/gateway/exchange/answer.ts";
import type { GuardConfiguration } from "../../../internal/gateway/options.ts";
import { exchangeOf, guardsWith, request } from "./support.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function slowed(slowdown: GuardConfiguration) {
  const { gates } = await guardsWith({ slowdown });
  return (client = "10.0.0.1") => {
    const exchange = exchangeOf(request("/"), "/", client);
    const startedAt = performance.now();
    const passed = Promise.resolve(gates[0]?.(exchange)).then((answer) => {
      return { waited: performance.now() - startedAt, answer: answer as Answer | undefined };
    });
    return { exchange, passed };
  };
}

test("each request above the threshold waits longer than the one before, up to the maximum", async () => {
  const ask = await slowed({ delayAfter: 2, delayMs: 100, maxDelayMs: 250 });
  const asked = Array.from({ length: 6 }, () => ask().passed);
  await vi.advanceTimersByTimeAsync(250);
  expect((await Promise.all(asked)).map(({ waited }) => waited)).toEqual([0, 0, 100, 200, 250, 250]);
});

test("every client has its own window, which expires", async () => {
  const ask = await slowed({ delayAfter: 1, delayMs: 100, windowMs: 1_000 });
  await ask("a").passed;
  expect(await ask("b").passed).toMatchObject({ waited: 0 });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await ask("a").passed).toMatchObject({ waited: 0 });
});

test("a client that disconnects frees its place and its timer", async () => {
  const ask = await slowed({ delayAfter: 0, delayMs: 10_000 });
  const { exchange, passed } = ask();
  expect(vi.getTimerCount()).toBe(1);
  exchange.end();
  await passed;
  expect(vi.getTimerCount()).toBe(0);
});

test("a client can have at most a hundred requests waiting, and does not delay other clients", async () => {
  const ask = await slowed({ delayAfter: 1, delayMs: 1_000, windowMs: 5_000 });
  const asked = Array.from({ length: 102 }, () => ask("crowd"));
  const last = await asked[101]?.passed;
  expect(last?.answer).toMatchObject({ status: 429, headers: { "retry-after": "5" } });
  expect(await ask("alone").passed).toMatchObject({ waited: 0, answer: undefined });
  for (const { exchange } of asked) exchange.end();
  await Promise.all(asked.map(({ passed }) => passed));
  const next = ask("crowd");
  await vi.advanceTimersByTimeAsync(20_000);
  expect((await next.passed).answer).toBeUndefined();
});

test("a guard with enabled: false is not installed", async () => {
  const none = { gates: [], requestFilters: [], answerFilters: [] };
  expect(await guardsWith({ slowdown: { enabled: false, delayMs: 5 } })).toMatchObject(none);
  expect(await guardsWith({})).toMatchObject(none);
});
