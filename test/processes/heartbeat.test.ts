import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Heartbeat } from "../../internal/processes/heartbeat.ts";
import type { WorkerChannel } from "../../internal/workers/channel.ts";

const OPTIONS = { pingInterval: 1_000, pingTimeout: 5_000 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A worker that answers a ping when the test resolves it. */
function start(known = { answersPings: false }) {
  const pings: (() => void)[] = [];
  const hung = vi.fn();
  const ping = () => new Promise<void>((resolve) => pings.push(resolve));
  const heartbeat = new Heartbeat({ ping } as WorkerChannel, OPTIONS, known, hung);
  return { pings, hung, heartbeat, known };
}

test("a worker that has answered before and stops answering is hung after the timeout", async () => {
  const { pings, hung } = start();
  pings[0]?.();
  await vi.advanceTimersByTimeAsync(1_000);
  pings[1]?.();
  await vi.advanceTimersByTimeAsync(1_000 + 4_999);
  expect(hung).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2);
  expect(hung).toHaveBeenCalledOnce();
});

test("a worker that has never answered is pinged once, and never considered hung", async () => {
  const { pings, hung } = start();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([pings.length, hung.mock.calls.length]).toEqual([1, 0]);
});

test("a worker whose predecessor answered is hung without any answer; its successors need not answer", async () => {
  const { hung, known } = start({ answersPings: true });
  await vi.advanceTimersByTimeAsync(OPTIONS.pingTimeout - 1);
  expect(hung).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2);
  expect(hung).toHaveBeenCalledOnce();
  expect(known.answersPings).toBe(false);
  const other = start(known);
  other.pings[0]?.();
  await vi.advanceTimersByTimeAsync(1);
  expect(known.answersPings).toBe(true);
});

test("an overdue worker is pinged again, and an answer to any ping is enough", async () => {
  const { pings, hung } = start();
  pings[0]?.();
  await vi.advanceTimersByTimeAsync(4_000);
  expect(pings).toHaveLength(5);
  pings.at(-1)?.();
  await vi.advanceTimersByTimeAsync(5_500);
  expect(hung).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(hung).toHaveBeenCalledOnce();
});

test("an answer that had already arrived when the timeout expired counts", async () => {
  const { pings, hung } = start();
  pings[0]?.();
  await vi.advanceTimersByTimeAsync(1_000);
  setTimeout(() => pings[1]?.(), 5_000);
  await vi.advanceTimersByTimeAsync(5_001);
  expect(hung).not.toHaveBeenCalled();
});

test("time in which the service itself was blocked is not counted", async () => {
  const { pings, hung } = start();
  pings[0]?.();
  await vi.advanceTimersByTimeAsync(1_000);
  const now = performance.now();
  const clock = vi.spyOn(performance, "now").mockImplementation(() => now + 20_000);
  await vi.advanceTimersByTimeAsync(5_001);
  expect(hung).not.toHaveBeenCalled();
  clock.mockRestore();
});

test("nothing is reported after a stop", async () => {
  const { pings, hung, heartbeat } = start();
  pings[0]?.();
  await vi.advanceTimersByTimeAsync(1_000);
  heartbeat.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([pings.length, hung.mock.calls.length]).toEqual([2, 0]);
});
