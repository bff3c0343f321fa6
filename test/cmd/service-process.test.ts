import { afterEach, expect, test, vi } from "vitest";
import { stopOnSignals } from "../../cmd/xsys/service-process.ts";
import type { Service } from "../../internal/host/service.ts";

afterEach(() => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.removeAllListeners(signal);
});

function starting() {
  const { promise, resolve, reject } = Promise.withResolvers<Service>();
  const stop = vi.fn<Service["stop"]>();
  return { promise, reject, stop, started: () => resolve({ stop } as Partial<Service> as Service) };
}

test("a signal starts draining, and a second one stops at once", async () => {
  const { promise, started, stop } = starting();
  stopOnSignals(promise);
  started();
  await promise;
  process.emit("SIGTERM");
  process.emit("SIGINT");
  expect(stop.mock.calls).toEqual([[false], [true]]);
});

test("a signal before the service listens stops it as soon as it listens", async () => {
  const { promise, started, stop } = starting();
  const signals = stopOnSignals(promise);
  process.emit("SIGTERM");
  expect(signals.count).toBe(1);
  expect(stop).not.toHaveBeenCalled();
  started();
  await promise;
  expect(stop.mock.calls).toEqual([[false]]);
});

test("a second signal ends the process if the service does not listen yet", () => {
  const kill = vi.spyOn(process, "kill").mockReturnValue(true);
  stopOnSignals(starting().promise);
  process.emit("SIGINT");
  process.emit("SIGTERM");
  expect(kill).toHaveBeenCalledWith(process.pid, "SIGTERM");
  expect(process.listenerCount("SIGTERM")).toBe(0);
  kill.mockRestore();
});

test("a start that fails causes no unhandled rejection", async () => {
  const { promise, reject } = starting();
  stopOnSignals(promise);
  reject(new Error("no"));
  await expect(promise).rejects.toThrow("no");
});
