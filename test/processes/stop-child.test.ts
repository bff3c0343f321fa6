import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import { sendSignal } from "../../internal/processes/send-signal.ts";
import { type Child, stopChild } from "../../internal/processes/stop-child.ts";
import { printed } from "../support/command-line.ts";

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** A shell that runs a script. Resolves when the script is ready. */
async function start(script: string): Promise<{ child: ChildProcess; ended: Promise<unknown[]> }> {
  const child = spawn("sh", ["-c", `${script}; echo ready; while :; do sleep 0.05; done`]);
  children.push(child);
  const ended = once(child, "exit");
  await printed(child, "ready");
  return { child, ended };
}

function stoppable({ child, ended }: { child: ChildProcess; ended: Promise<unknown> }): Child {
  return { ended, signal: (signal) => void sendSignal(child.pid ?? 0, signal) };
}

test("a child that ends when asked is not killed", async () => {
  const started = await start("trap 'exit 5' TERM");
  expect(await stopChild(stoppable(started))).toBe("asked");
  expect(await started.ended).toEqual([5, null]);
});

test("a child that does not end is killed after the grace period", async () => {
  const started = await start("trap '' HUP");
  expect(await stopChild(stoppable(started), { ask: "SIGHUP", grace: 50 })).toBe("killed");
  expect(await started.ended).toEqual([null, "SIGKILL"]);
});

test("a child that has already ended is left alone", async () => {
  const started = await start("true");
  started.child.kill("SIGKILL");
  await started.ended;
  expect(await stopChild(stoppable(started))).toBe("asked");
});

test("a signal to a process that does not exist or cannot be signalled is ignored", () => {
  expect(sendSignal(4_194_305, "SIGTERM")).toBe(false);
  expect(sendSignal(process.pid, "SIGCONT")).toBe(true);
});
