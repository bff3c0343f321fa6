import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { lasting } from "../../../internal/commands/watch/shared/lasting.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = new AbortController().signal;
const DAY = 86_400;

test.each([0.2, 60, 30 * DAY, 365 * DAY])("a watch of %d s ends after that time", (seconds) => {
  using time = lasting(never, seconds);
  vi.advanceTimersByTime(seconds * 1000 - 1);
  expect(time.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(time.signal.aborted).toBe(true);
});

test("a watch without a duration continues until it is cancelled", () => {
  const cancel = new AbortController();
  using time = lasting(cancel.signal, undefined);
  vi.advanceTimersByTime(1_000 * DAY * 1000);
  expect(time.signal.aborted).toBe(false);
  cancel.abort();
  expect(time.signal.aborted).toBe(true);
});

test("the timer of a watch that ends early is removed", () => {
  lasting(never, 30 * DAY)[Symbol.dispose]();
  expect(vi.getTimerCount()).toBe(0);
});
