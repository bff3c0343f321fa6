import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { OrphanGuard } from "../../internal/processes/orphan-guard.ts";
import { useChildren } from "../support/children.ts";
import { printed } from "../support/command-line.ts";
import { signalProcess } from "../support/signal-process.ts";
import { worker } from "./support/options.ts";
import { gone, isRunning } from "./support/running.ts";

const children = useChildren();
const MANAGER = fileURLToPath(new URL("fixtures/manager.ts", import.meta.url));

test("a busy worker that ignores signals does not outlive a service that is killed", async () => {
  const manager = children.add(spawn(process.execPath, [MANAGER, ...worker("deaf-and-busy")]));
  const [, pid] = /busy (\d+)/.exec(await printed(manager, /busy \d+/)) ?? [];
  manager.kill("SIGKILL");
  await gone(Number(pid));
});

test("a service that exits by itself ends its workers", async () => {
  const manager = children.add(spawn(process.execPath, [MANAGER, "sh", "-c", "echo pid $$; exec sleep 1000"]));
  const [, pid] = /pid (\d+)/.exec(await printed(manager, /pid \d+/)) ?? [];
  manager.kill("SIGTERM");
  await gone(Number(pid));
});

test("the guard ends the processes that it still guards, and no others", async () => {
  const guard = new OrphanGuard();
  const [mine, released] = [await sleeper(guard), await sleeper(guard)];
  guard.delete(released.pid ?? 0);
  guard.close();
  await once(mine, "exit");
  expect([mine.signalCode, released.signalCode]).toEqual(["SIGTERM", null]);
});

test("a guard that is killed is replaced, and the new one guards the same processes", async () => {
  const guard = new OrphanGuard();
  const mine = await sleeper(guard);
  const killed = guard.pid;
  signalProcess(killed, "SIGKILL");
  await gone(killed);
  await expect.poll(() => guard.pid !== killed && isRunning(guard.pid), { timeout: 20_000 }).toBe(true);
  guard.close();
  await once(mine, "exit");
  expect(mine.signalCode).toBe("SIGTERM");
});

test("a service without free descriptors gets a guard as soon as descriptors are free", async () => {
  const program = fileURLToPath(new URL("fixtures/without-descriptors.ts", import.meta.url));
  const child = children.add(spawn("sh", ["-c", 'ulimit -n 64; exec "$@"', "sh", process.execPath, program]));
  expect(await printed(child, /ended by/)).toContain("shortage true, ended by SIGTERM");
});

async function sleeper(guard: OrphanGuard): Promise<ChildProcess> {
  const child = children.add(spawn("sleep", ["1000"], { detached: true }));
  await once(child, "spawn");
  guard.add(child.pid ?? 0);
  return child;
}
