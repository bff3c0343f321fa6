import { get } from "node:http";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Answer } from "../../../internal/gateway/exchange/answer.ts";
import type { Exchange } from "../../../internal/gateway/exchange/exchange.ts";
import { createConcurrency } from "../../../internal/gateway/limits/concurrency.ts";
import type { ConcurrencyOptions } from "../../../internal/gateway/options.ts";
import { fakeExchange } from "../fake-exchange.ts";
import { serveBehind } from "./support.ts";

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0).reverse()) cleanUp();
  vi.useRealTimers();
});

const concurrency = (options: Partial<ConcurrencyOptions>) =>
  createConcurrency({ max: 0, maxPerClient: 0, maxQueue: 0, queueTimeout: 0, ...options });

/** Long enough for a machine under load. */
const PATIENCE = { timeout: 25_000 };
const status = async (answer: ReturnType<ReturnType<typeof concurrency>["gate"]>) => (await answer)?.status ?? "passed";

describe("concurrent requests", () => {
  test("pass up to the limit, and the others in order of arrival", async () => {
    const { gate } = concurrency({ max: 2 });
    const exchanges = Array.from({ length: 6 }, () => fakeExchange());
    const passed: Exchange[] = [];
    for (const exchange of exchanges) void Promise.resolve(gate(exchange)).then(() => passed.push(exchange));
    await Promise.resolve();
    for (let ended = 0; ended < 6; ended++) {
      await new Promise(setImmediate);
      expect(passed).toEqual(exchanges.slice(0, Math.min(6, ended + 2)));
      passed[ended]?.end();
    }
  });

  test("are refused with 503 if the queue is full", async () => {
    const limit = concurrency({ max: 1, maxQueue: 2 });
    const [first, second, third, fourth] = [fakeExchange(), fakeExchange(), fakeExchange(), fakeExchange()];
    expect(limit.gate(first)).toBeUndefined();
    const waiting = [limit.gate(second), limit.gate(third)];
    expect(limit.gate(fourth)).toMatchObject({ status: 503 });
    expect(limit.waiting).toBe(2);
    first.end();
    expect(await waiting[0]).toBeUndefined();
    expect(limit.waiting).toBe(1);
  });

  test.each([
    [200, 200],
    [0, 30_000],
  ])(
    "that wait longer than the limit (%i) are refused with 503 after %i ms, and leave the queue",
    async (given, after) => {
      vi.useFakeTimers();
      const limit = concurrency({ max: 1, queueTimeout: given });
      const [first, second, third] = [fakeExchange(), fakeExchange(), fakeExchange()];
      void limit.gate(first);
      let answer: Answer | undefined;
      void Promise.resolve(limit.gate(second)).then((refusal) => {
        answer = refusal;
      });
      await vi.advanceTimersByTimeAsync(after - 1);
      expect(answer).toBeUndefined();
      await vi.advanceTimersByTimeAsync(1);
      expect(answer).toMatchObject({ status: 503 });
      expect(limit.waiting).toBe(0);
      second.end();
      first.end();
      expect(limit.gate(third)).toBeUndefined();
    },
  );

  test("of one client are refused with 429 above its own limit, including those that wait", async () => {
    const { gate } = concurrency({ max: 1, maxPerClient: 2 });
    const [running, waiting] = [fakeExchange({ peer: "192.0.2.1" }), fakeExchange({ peer: "192.0.2.1" })];
    void gate(running);
    const turn = gate(waiting);
    expect(await status(gate(fakeExchange({ peer: "192.0.2.1" })))).toBe(429);
    const other = gate(fakeExchange({ peer: "192.0.2.2" }));
    running.end();
    expect(await status(turn)).toBe("passed");
    waiting.end();
    expect(await status(other)).toBe("passed");
    void gate(fakeExchange({ peer: "192.0.2.1" }));
    void gate(fakeExchange({ peer: "192.0.2.1" }));
    expect(await status(gate(fakeExchange({ peer: "192.0.2.1" })))).toBe(429);
  });

  test("of one IPv6 network count as those of one client", async () => {
    const { gate } = concurrency({ maxPerClient: 1 });
    expect(await status(gate(fakeExchange({ peer: "2001:db8:1:2::a" })))).toBe("passed");
    expect(await status(gate(fakeExchange({ peer: "2001:db8:1:2:ffff::b" })))).toBe(429);
    expect(await status(gate(fakeExchange({ peer: "2001:db8:1:3::a" })))).toBe("passed");
  });

  test("of clients that disconnect while they wait free their places", async () => {
    const limit = concurrency({ max: 1, maxPerClient: 3 });
    const server = await serveBehind(limit.gate, false);
    cleanUps.push(server.close);
    const first = fetch(server.url);
    await vi.waitFor(() => expect(server.passed).toHaveLength(1), PATIENCE);
    const impatient = get(server.url).on("error", () => {}); // destroying it emits an error
    await vi.waitFor(() => expect(limit.waiting).toBe(1), PATIENCE);
    const patient = fetch(server.url);
    await vi.waitFor(() => expect(limit.waiting).toBe(2), PATIENCE);
    impatient.destroy();
    await vi.waitFor(() => expect(limit.waiting).toBe(1), PATIENCE);
    server.answer();
    expect(await (await first).text()).toBe("passed");
    await vi.waitFor(() => expect(server.passed).toHaveLength(1), PATIENCE);
    server.answer();
    expect(await (await patient).text()).toBe("passed");
  });

  test("are not limited without a limit", () => {
    const { gate } = concurrency({});
    for (let count = 0; count < 1_000; count++) expect(gate(fakeExchange())).toBeUndefined();
  });
});
