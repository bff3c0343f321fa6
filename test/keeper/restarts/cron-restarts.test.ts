import { pino } from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AppSpec } from "../../../internal/keeper/app-spec.ts";
import { CronRestarts } from "../../../internal/keeper/restarts/cron-restarts.ts";

const MINUTE = 60_000;
let restarts: string[];
let cron: CronRestarts;
/** Ends the restart in progress; restarts end at once if it is undefined. */
let busy: Promise<void> | undefined;

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2030-05-17T10:30:20"), toFake: ["setTimeout", "clearTimeout", "Date"] });
  restarts = [];
  busy = undefined;
});
afterEach(() => {
  cron.close();
  vi.useRealTimers();
});

async function start(expression: string): Promise<void> {
  const log = pino({ level: "silent" });
  const restart = async (cause: string) => {
    restarts.push(cause);
    await busy;
  };
  cron = new CronRestarts({ cron: expression } as AppSpec, { log, state: "/", restart });
  await vi.waitFor(() => expect(cron.next ?? cron.faults[0]).toBeDefined());
}

test("restarts at each time, and knows the next one", async () => {
  await start("*/5 * * * *");
  expect(cron.next).toBe(new Date("2030-05-17T10:35:00").getTime());
  await vi.advanceTimersByTimeAsync(4 * MINUTE);
  expect(restarts).toEqual([]);
  await vi.advanceTimersByTimeAsync(10 * MINUTE);
  expect(restarts).toEqual(['--cron "*/5 * * * *"', '--cron "*/5 * * * *"']);
  expect(cron.next).toBe(new Date("2030-05-17T10:45:00").getTime());
});

test("a time that passed while the machine slept is not made up", async () => {
  await start("*/5 * * * *");
  vi.setSystemTime(new Date("2030-05-17T14:02:00"));
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(restarts).toEqual([]);
  expect(cron.next).toBe(new Date("2030-05-17T14:05:00").getTime());
});

test("the time is that of the clock, if it is set back", async () => {
  await start("0 11 * * *");
  vi.setSystemTime(new Date("2030-05-17T09:00:00"));
  await vi.advanceTimersByTimeAsync(60 * MINUTE);
  expect(restarts).toEqual([]);
  await vi.advanceTimersByTimeAsync(61 * MINUTE);
  expect(restarts).toHaveLength(1);
});

test("a restart that goes on is not repeated", async () => {
  await start("* * * * *");
  busy = new Promise(() => {});
  await vi.advanceTimersByTimeAsync(5 * MINUTE);
  expect(restarts).toHaveLength(1);
});

test("an expression that this version does not accept is a fault", async () => {
  await start("0 0 30 2 *");
  expect(cron.faults).toEqual([expect.stringContaining("names no time in the future")]);
});

test("does nothing after it was closed", async () => {
  await start("* * * * *");
  cron.close();
  await vi.advanceTimersByTimeAsync(5 * MINUTE);
  expect(restarts).toEqual([]);
});
