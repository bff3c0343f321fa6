import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import {
  delayRefusal,
  LONGEST_DELAY,
  pause,
  startInterval,
  startTimer,
  wheneverQuiet,
  withinTimer,
} from "../../protocol/timers.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const DAY = 86_400_000;
const YEAR = 365 * DAY;

describe("startTimer", () => {
  test.each([1, 5_000, LONGEST_DELAY, LONGEST_DELAY + 1, 30 * DAY, YEAR])(
    "calls back after %d ms, once, and not before",
    (delay) => {
      const callback = vi.fn();
      startTimer(callback, delay);
      vi.advanceTimersByTime(delay - 1);
      expect(callback).not.toHaveBeenCalled();
      vi.advanceTimersByTime(1);
      expect(callback).toHaveBeenCalledOnce();
      vi.advanceTimersByTime(2 * YEAR);
      expect(callback).toHaveBeenCalledOnce();
    },
  );

  test("never calls back after Infinity", () => {
    const callback = vi.fn();
    startTimer(callback, Number.POSITIVE_INFINITY);
    vi.advanceTimersByTime(100 * YEAR);
    expect(callback).not.toHaveBeenCalled();
  });

  test("calls back at once for a negative delay, such as for a time in the past", () => {
    const callback = vi.fn();
    startTimer(callback, -5);
    vi.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledOnce();
  });

  test("throws for NaN, instead of using 1 ms", () => {
    expect(() => startTimer(() => {}, Number.NaN)).toThrow(RangeError);
    expect(() => startInterval(() => {}, Number.NaN)).toThrow(RangeError);
  });

  test.each([1_000, 60 * DAY, Number.POSITIVE_INFINITY])("clearTimeout stops a timer of %d ms at any time", (delay) => {
    const callback = vi.fn();
    const timer = startTimer(callback, delay);
    vi.advanceTimersByTime(Math.min(delay - 1, 40 * DAY));
    clearTimeout(timer);
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(YEAR);
    expect(callback).not.toHaveBeenCalled();
  });

  test.each([1_000, 60 * DAY])("refresh restarts all of the %d ms", (delay) => {
    const callback = vi.fn();
    const timer = startTimer(callback, delay);
    vi.advanceTimersByTime(delay - 1);
    timer.refresh();
    vi.advanceTimersByTime(delay - 1);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledOnce();
    timer.refresh();
    vi.advanceTimersByTime(delay);
    expect(callback).toHaveBeenCalledTimes(2);
  });

  test("unref and ref apply to all parts of a long timer", () => {
    const timer = startTimer(() => {}, 60 * DAY).unref();
    expect(timer.hasRef()).toBe(false);
    vi.advanceTimersByTime(40 * DAY);
    expect(timer.hasRef()).toBe(false);
    expect(timer.ref().hasRef()).toBe(true);
  });
});

describe("startInterval", () => {
  test.each([1_000, 30 * DAY])("calls back every %d ms until it is cleared", (interval) => {
    const callback = vi.fn();
    const timer = startInterval(callback, interval);
    vi.advanceTimersByTime(3 * interval - 1);
    expect(callback).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledTimes(3);
    clearInterval(timer);
    vi.advanceTimersByTime(3 * interval);
    expect(callback).toHaveBeenCalledTimes(3);
  });

  test("the callback may clear a long interval", () => {
    const callback = vi.fn(() => clearInterval(timer));
    const timer = startInterval(callback, 30 * DAY);
    vi.advanceTimersByTime(YEAR);
    expect(callback).toHaveBeenCalledOnce();
  });
});

describe("pause", () => {
  test("can last 30 days", async () => {
    const over = vi.fn();
    void pause(30 * DAY).then(over);
    await vi.advanceTimersByTimeAsync(30 * DAY - 1);
    expect(over).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(over).toHaveBeenCalledOnce();
  });

  test("rejects with the reason of a signal that is or gets aborted, and leaves no timer", async () => {
    const reason = new Error("enough");
    await expect(pause(1_000, AbortSignal.abort(reason))).rejects.toBe(reason);
    const abort = new AbortController();
    const paused = pause(Number.POSITIVE_INFINITY, abort.signal);
    abort.abort(reason);
    await expect(paused).rejects.toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("wheneverQuiet", () => {
  /** A socket whose client does not read. Nothing has been written to it yet. */
  async function unread() {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = connect((server.address() as AddressInfo).port, "127.0.0.1").pause();
    const [socket] = (await once(server, "connection")) as [Socket];
    onTestFinished(() => {
      for (const each of [client, socket]) each.destroy();
      server.close();
    });
    return socket;
  }

  beforeEach(() => void vi.useRealTimers());

  test("calls back again when bytes written after a quiet period are not read", async () => {
    const socket = await unread();
    const unsent: number[] = [];
    const reported = new Promise<void>((resolve) => {
      wheneverQuiet(socket, 20, () => {
        unsent.push(socket.writableLength);
        if (unsent.length === 2) socket.write(Buffer.alloc(8_000_000));
        if (socket.writableLength > 0 && unsent.length > 2) resolve();
      });
    });
    await reported;
    expect(unsent.slice(0, 2)).toEqual([0, 0]);
    expect(unsent.at(-1)).toBeGreaterThan(0);
  });

  test("does not restart the timer of a socket that the callback has destroyed", async () => {
    const socket = await unread();
    const callback = vi.fn(() => socket.destroy());
    wheneverQuiet(socket, 1, callback);
    await once(socket, "close");
    expect(callback).toHaveBeenCalledOnce();
    expect(socket.timeout).toBe(1);
  });

  test("never calls back with a delay of Infinity", async () => {
    const socket = await unread();
    wheneverQuiet(socket, Number.POSITIVE_INFINITY, () => {});
    expect(socket.timeout).toBe(LONGEST_DELAY);
  });
});

test("a delay is refused unless it is a number from 0 to Infinity", () => {
  for (const delay of [undefined, 0, 0.5, 30 * DAY, Number.POSITIVE_INFINITY]) {
    expect(delayRefusal("timeout", delay)).toBeUndefined();
  }
  for (const delay of [Number.NaN, -1, Number.NEGATIVE_INFINITY, "5", null]) {
    expect(delayRefusal("timeout", delay)).toMatchObject({
      code: "INVALID_PARAMS",
      message: `timeout must be a number of milliseconds from 0 to Infinity, not ${delay}`,
    });
  }
});

test("withinTimer() limits a delay to the maximum of a Node timer", () => {
  expect(withinTimer(5)).toBe(5);
  expect(withinTimer(30 * DAY)).toBe(LONGEST_DELAY);
  expect(withinTimer(Number.POSITIVE_INFINITY)).toBe(LONGEST_DELAY);
});
