import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createBreaker } from "../../../internal/gateway/limits/breaker.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function opened(threshold = 3) {
  const breaker = createBreaker({ threshold, timeout: 1_000 });
  for (let failures = 0; failures < threshold; failures++) breaker.failed();
  return breaker;
}

describe("a breaker", () => {
  test("opens after failures in a row, and only then", () => {
    const breaker = createBreaker({ threshold: 3, timeout: 1_000 });
    breaker.failed();
    breaker.failed();
    breaker.succeeded();
    breaker.failed();
    breaker.failed();
    expect(breaker.allows()).toBe(true);
    breaker.failed();
    expect(breaker.allows()).toBe(false);
  });

  test("lets one request try after its timeout, and closes when that one succeeds", () => {
    const breaker = opened();
    vi.advanceTimersByTime(999);
    expect(breaker.allows()).toBe(false);
    vi.advanceTimersByTime(1);
    expect([breaker.allows(), breaker.allows(), breaker.allows()]).toEqual([true, false, false]);
    breaker.succeeded();
    expect([breaker.allows(), breaker.allows()]).toEqual([true, true]);
    breaker.failed();
    expect(breaker.allows()).toBe(true); // the failures before are forgotten
  });

  test("opens for another timeout when the trial fails", () => {
    const breaker = opened();
    vi.advanceTimersByTime(1_000);
    expect(breaker.allows()).toBe(true);
    vi.advanceTimersByTime(500);
    breaker.failed();
    vi.advanceTimersByTime(999);
    expect(breaker.allows()).toBe(false);
    vi.advanceTimersByTime(1);
    expect(breaker.allows()).toBe(true);
  });

  test("does not listen to requests of before while it is open", () => {
    const breaker = opened();
    breaker.succeeded();
    expect(breaker.allows()).toBe(false);
    vi.advanceTimersByTime(999);
    breaker.failed();
    vi.advanceTimersByTime(1);
    expect(breaker.allows()).toBe(true);
  });

  test("tries again when nothing is heard of a trial", () => {
    const breaker = opened();
    vi.advanceTimersByTime(1_000);
    expect(breaker.allows()).toBe(true);
    vi.advanceTimersByTime(1_000);
    expect([breaker.allows(), breaker.allows()]).toEqual([true, false]);
  });
});
