import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile } from "node:fs/promises";
import type { Sandbox } from "../../../support/sandbox.ts";

export interface Sleeper {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Resolves with the signal that ended the process. */
  readonly ended: Promise<NodeJS.Signals | null>;
}

/** Starts a process with the given name that sleeps until the test or `endSleepers` ends it. */
export async function startSleeper(sandbox: Sandbox, name: string): Promise<Sleeper> {
  const program = sandbox.path(name);
  await copyFile("/bin/sleep", program);
  const child = spawn(program, ["1000"], { stdio: "ignore" });
  started.push(child);
  await once(child, "spawn");
  const ended = once(child, "exit").then(([, signal]) => signal as NodeJS.Signals | null);
  return { pid: child.pid ?? 0, child, ended };
}

const started: ChildProcess[] = [];

/** Ends all started processes; for `afterEach`. */
export function endSleepers(): void {
  for (const child of started.splice(0)) child.kill("SIGKILL");
}
