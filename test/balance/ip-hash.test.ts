import { describe, expect, test } from "vitest";
import { createStrategy } from "../../internal/balance/create-strategy.ts";
import { candidates, chiSquare, counts } from "./candidates.ts";

const CLIENTS = Array.from({ length: 20_000 }, (_, i) => `10.${i % 7}.${(i >> 8) & 255}.${i & 255}`);
const KEYS = Array.from({ length: 8 }, (_, i) => `http://10.1.0.${i}:8080`);
const strategy = createStrategy("ip-hash");

describe("ip-hash", () => {
  test("distributes neighbouring addresses evenly", () => {
    const list = candidates(...KEYS);
    const times = counts(CLIENTS.map((client) => strategy.pick(list, client)?.key ?? "none"));
    expect(chiSquare(times, KEYS.length)).toBeLessThan(24.3); // 7 degrees of freedom, p = 0.001
  });

  test("distributes addresses evenly among workers with the keys 0, 1 and 2", () => {
    const list = candidates("0", "1", "2");
    const times = counts(CLIENTS.map((client) => strategy.pick(list, client)?.key ?? "none"));
    expect(chiSquare(times, 3)).toBeLessThan(13.8); // 2 degrees of freedom, p = 0.001
  });

  test("picks the same candidate for a client, regardless of the order of the list", () => {
    const [list, turned] = [candidates(...KEYS), candidates(...KEYS.toReversed())];
    for (const client of CLIENTS.slice(0, 500)) {
      expect(strategy.pick(turned, client)?.key).toBe(strategy.pick(list, client)?.key);
    }
  });

  test("moves only the clients of a candidate that is removed", () => {
    const [before, after] = [candidates(...KEYS), candidates(...KEYS.slice(1))];
    const [gone] = KEYS;
    const homes = CLIENTS.map((client) => strategy.pick(before, client)?.key);
    const homesAfter = CLIENTS.map((client) => strategy.pick(after, client)?.key);
    const moved = homes.filter((home, i) => home !== homesAfter[i]);
    expect(moved.length).toBeGreaterThan(0);
    expect(new Set(moved)).toEqual(new Set([gone]));
  });

  test.each([
    ["203.0.113.7", "203.0.113.7:50123"],
    ["203.0.113.7", "::ffff:203.0.113.7"],
    ["203.0.113.7", "[::ffff:203.0.113.7]:50123"],
    ["2001:db8::7", "[2001:db8::7]:50123"],
    ["2001:db8::a", "2001:DB8::A"],
    ["::1", "[::1]"],
  ])("treats %s and %s as the same client", (bare, written) => {
    const list = candidates(...Array.from({ length: 64 }, (_, i) => `worker-${i}`));
    expect(strategy.pick(list, written)?.key).toBe(strategy.pick(list, bare)?.key);
  });

  test("distinguishes IPv6 addresses whose last group looks like a port", () => {
    const list = candidates(...Array.from({ length: 64 }, (_, i) => `worker-${i}`));
    const homes = new Set(Array.from({ length: 64 }, (_, i) => strategy.pick(list, `2001:db8::${i}`)?.key));
    expect(homes.size).toBeGreaterThan(10);
  });
});
