import { expect, test } from "vitest";
import { Backoff } from "../../internal/cluster/backoff.ts";

const OPTIONS = { backoff: { first: 100, most: 1_000 }, stableAfter: 10_000, crashLoop: { deaths: 8, within: 60_000 } };
const FAILED = { wasFit: false, wasShort: false, fromOutside: false };
const FIT = { ...FAILED, wasFit: true };

test("the first death after long service costs nothing, and each after it twice as much, up to the most", () => {
  const backoff = new Backoff(OPTIONS);
  const waits = Array.from({ length: 7 }, (_, i) => backoff.next({ at: i, service: 5, ...FAILED }));
  expect(waits[0]).toBe(0);
  for (const [i, most] of [100, 200, 400, 800, 1_000, 1_000].entries()) {
    expect(waits[i + 1]).toBeGreaterThanOrEqual(most / 2);
    expect(waits[i + 1]).toBeLessThanOrEqual(most);
  }
  expect(backoff.next({ at: 8, service: 10_000, ...FIT })).toBe(0);
});

test("it is not the same for all that died together", () => {
  const waits = Array.from({ length: 20 }, () => {
    const backoff = new Backoff(OPTIONS);
    backoff.next({ at: 0, service: 0, ...FAILED });
    return backoff.next({ at: 0, service: 0, ...FAILED });
  });
  expect(new Set(waits).size).toBeGreaterThan(1);
});

test("as many failed starts within so short a time are hopeless; as many over a longer time are not", () => {
  const [quick, slow] = [new Backoff(OPTIONS), new Backoff(OPTIONS)];
  const eighth = (backoff: Backoff, apart: number) =>
    Array.from({ length: 8 }, (_, i) => backoff.next({ at: i * apart, service: 5, ...FAILED })).at(-1);
  expect(eighth(quick, 8_000)).toBe("hopeless");
  expect(eighth(slow, 9_000)).toBeTypeOf("number");
  quick.forget();
  expect(quick.next({ at: 60_000, service: 5, ...FAILED })).toBe(0);
});

test("a machine without descriptors makes no program hopeless, however long it has none", () => {
  const backoff = new Backoff(OPTIONS);
  const waits = Array.from({ length: 20 }, (_, i) => backoff.next({ at: i, service: 0, ...FAILED, wasShort: true }));
  expect(waits.at(-1)).toBeGreaterThanOrEqual(500);
  for (let i = 0; i < 7; i++) expect(backoff.next({ at: 20, service: 0, ...FAILED })).toBeTypeOf("number");
  expect(backoff.next({ at: 20, service: 0, ...FAILED })).toBe("hopeless");
});

test("a program that gets ready and fails then is not hopeless, and waits as long as others", () => {
  const backoff = new Backoff(OPTIONS);
  const waits = Array.from({ length: 20 }, (_, i) => backoff.next({ at: i, service: 5, ...FIT }));
  expect(waits.at(-1)).toBeGreaterThanOrEqual(500);
});

test("a sound program that is killed again and again is never hopeless, and never long away", () => {
  const backoff = new Backoff(OPTIONS);
  const waits = Array.from({ length: 50 }, (_, i) => backoff.next({ at: i, service: 5, ...FIT, fromOutside: true }));
  for (const wait of waits) expect(wait).toBeLessThanOrEqual(100);
  expect(backoff.next({ at: 60, service: 5, ...FIT })).toBeLessThanOrEqual(100);
});
