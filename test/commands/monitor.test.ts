import { spawn } from "node:child_process";
import { once } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { connect } from "../../clients/typescript/index.ts";
import type { Service } from "../../internal/host/service.ts";
import { useSandbox } from "../support/sandbox.ts";
import { startTestService } from "../support/service.ts";
import { endSleepers, startSleeper } from "./sys/support/sleeper.ts";
import { threeWays } from "./three-ways.ts";

const cleanUps: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  endSleepers();
});

threeWays("monitor", ({ sandbox, events, failure }) => {
  // At most one per interval; fewer on a slow machine. test/commands/monitor/ counts them with fake timers.
  test("system sends snapshots for the given duration", async () => {
    const begun = Date.now() / 1000;
    const snapshots = await events("monitor.system", { duration: 0.5, interval: 0.1 });
    expect(snapshots.length).toBeGreaterThanOrEqual(1);
    expect(snapshots.length).toBeLessThanOrEqual(5);
    expect(snapshots.at(-1)?.timestamp).toBeGreaterThanOrEqual(begun + 0.45);
    for (const { timestamp, cpu_usage, memory_used, memory_total, process_count } of snapshots) {
      expect(timestamp).toBeGreaterThanOrEqual(begun);
      expect(cpu_usage).toBeLessThanOrEqual(100);
      expect(memory_used).toBeLessThan(memory_total);
      expect(process_count).toBeGreaterThan(1);
    }
  });

  test("process sends snapshots of the given process", async () => {
    const { pid } = await startSleeper(sandbox, "followed");
    const snapshots = await events("monitor.process", { pid, duration: 0.2, interval: 0.1 });
    expect(snapshots.length).toBeGreaterThanOrEqual(1);
    for (const { cpu_usage, memory } of snapshots) {
      expect(cpu_usage).toBeLessThan(50);
      expect(memory).toBeGreaterThan(0);
    }
  });

  test("process fails for a process that does not exist", async () => {
    const error = await failure("monitor.process", { pid: 4_194_305 });
    expect(error).toMatchObject({ code: "NOT_FOUND", details: { pid: 4_194_305 } });
    expect(error.message).toContain("there is no process 4194305");
  });

  test("an interval below 0.1 s is refused", async () => {
    expect(await failure("monitor.system", { interval: 0.05 })).toMatchObject({ code: "INVALID_PARAMS" });
  });
});

const sandbox = useSandbox();

async function startWithClient() {
  const service = await startTestService();
  const xsys = await connect({ socket: service.socket });
  cleanUps.push(async () => {
    xsys.close();
    service.stop(true);
    await service.ended;
  });
  return { service, xsys };
}

/** Resolves when the only call of a command has ended in the service. */
async function endOfCall(service: Service, name: string): Promise<void> {
  while (service.status().commands[name]?.calls !== 1) await nextTurn();
}

describe("monitoring over a socket", () => {
  test("of a process ends when the process ends", async () => {
    const { xsys } = await startWithClient();
    const { pid, child } = await startSleeper(sandbox, "ends-soon");
    const stream = xsys.monitor.process({ pid, duration: 0, interval: 0.1 });
    let seen = 0;
    for await (const { memory } of stream) {
      expect(memory).toBeGreaterThan(0);
      seen++;
      child.kill("SIGKILL");
    }
    expect(seen).toBeGreaterThanOrEqual(1);
    expect(await stream.result).toEqual({ snapshots: seen, skipped: 0 });
  });

  test("shows more CPU usage for a busy process than for an idle one", async () => {
    const { xsys } = await startWithClient();
    const { pid: idle } = await startSleeper(sandbox, "idle");
    const busy = spawn("sh", ["-c", "while :; do :; done"], { stdio: "ignore" });
    cleanUps.push(() => void busy.kill("SIGKILL"));
    await once(busy, "spawn");
    const [ofIdle, ofBusy] = await Promise.all(
      [idle, busy.pid ?? 0].map((pid) => Array.fromAsync(xsys.monitor.process({ pid, duration: 0.3, interval: 0.3 }))),
    );
    expect(ofBusy?.[0]?.cpu_usage).toBeGreaterThan(1 + (ofIdle?.[0]?.cpu_usage ?? Number.NaN));
  });

  test("ends in the service when the reader leaves the loop", async () => {
    const { service, xsys } = await startWithClient();
    for await (const _ of xsys.monitor.system({ duration: 0, interval: 0.1 })) break;
    await endOfCall(service, "monitor.system");
    expect(service.status().calls.in_flight).toBe(0);
  });

  test("ends when the connection is closed", async () => {
    const { service } = await startWithClient();
    const other = await connect({ socket: service.socket });
    const stream = other.monitor.system({ duration: 0, interval: 0.1 });
    await stream[Symbol.asyncIterator]().next();
    other.close();
    await expect(stream.result).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await endOfCall(service, "monitor.system");
  });
});
