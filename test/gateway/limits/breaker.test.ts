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
  test("opens only after consecutive failures", () => {
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

  test("allows one trial request after its timeout, and closes when it succeeds", () => {
    const breaker = opened();
    vi.advanceTimersByTime(999);
    expect(breaker.allows()).toBe(false);
    vi.advanceTimersByTime(1);
    expect([breaker.allows(), breaker.allows(), breaker.allows()]).toEqual([true, false, false]);
    breaker.succeeded();
    expect([breaker.allows(), breaker.allows()]).toEqual([true, true]);
    breaker.failed();
    expect(breaker.allows()).toBe(true); // earlier failures are not counted any more
  });

  test("opens for another timeout if the trial fails", () => {
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

  test("ignores the results of earlier requests while it is open", () => {
    const breaker = opened();
    breaker.succeeded();
    expect(breaker.allows()).toBe(false);
    vi.advanceTimersByTime(999);
    breaker.failed();
    vi.advanceTimersByTime(1);
    expect(breaker.allows()).toBe(true);
  });

  test("allows another trial if the result of the first never arrives", () => {
    const breaker = opened();
    vi.advanceTimersByTime(1_000);
    expect(breaker.allows()).toBe(true);
    vi.advanceTimersByTime(1_000);
    expect([breaker.allows(), breaker.allows()]).toEqual([true, false]);
  });
});
