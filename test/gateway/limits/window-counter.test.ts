import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { clientKey } from "../../../internal/gateway/limits/client-key.ts";
import { WindowCounter } from "../../../internal/gateway/limits/window-counter.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a fixed window", () => {
  test("begins with a client's first request, counts, and ends for that client alone", () => {
    const counter = new WindowCounter(1_000);
    expect(counter.hit("a")).toEqual({ count: 1, left: 1_000 });
    vi.advanceTimersByTime(400);
    expect(counter.hit("b")).toEqual({ count: 1, left: 1_000 });
    expect(counter.hit("a")).toEqual({ count: 2, left: 600 });
    vi.advanceTimersByTime(600);
    expect(counter.hit("a")).toEqual({ count: 1, left: 1_000 });
    expect(counter.hit("b")).toEqual({ count: 2, left: 400 });
  });

  test("is dropped when it has ended", () => {
    const counter = new WindowCounter(1_000);
    for (let client = 0; client < 100; client++) counter.hit(`old ${client}`);
    vi.advanceTimersByTime(1_000);
    for (let client = 0; client < 50; client++) counter.hit(`new ${client}`);
    expect(counter.clients).toBe(50);
  });

  test("is dropped early for the oldest clients above the maximum", () => {
    const counter = new WindowCounter(1_000, 10);
    for (let client = 0; client < 1_000; client++) counter.hit(String(client));
    expect(counter.clients).toBe(10);
    expect(counter.hit("999").count).toBe(2);
    expect(counter.hit("5").count).toBe(1);
  });
});

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["2001:0DB8:0:0:ffff::", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["::", "0:0:0:0::/64"],
  ["64:ff9b::192.0.2.1", "64:ff9b:0:0::/64"],
  ["1:2:3::5:6:7:8", "1:2:3:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["", ""],
])("the client %s is counted as %s", (address, key) => {
  expect(clientKey(address)).toBe(key);
});
