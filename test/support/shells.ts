import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach } from "vitest";
import { identityOf, isRunning, type ProcessIdentity } from "../../internal/processes/identity.ts";
import { signalProcess } from "./signal-process.ts";

/** A shell and the process that it started. */
export interface Family {
  readonly parent: ChildProcess;
  readonly child: ProcessIdentity;
}

/** Part of a script: waits for signals. */
export const FOREVER = "while :; do sleep 0.05; done";

/** Starts shells. Those still running after the test are killed, with their processes, by process id. */
export function useShells() {
  const started: ProcessIdentity[] = [];
  afterEach(() => {
    for (const identity of started.splice(0)) if (isRunning(identity)) signalProcess(identity.pid, "SIGKILL");
  });

  const add = (pid: number | undefined): ProcessIdentity => {
    const identity = identityOf(pid ?? 0);
    if (identity === undefined) throw new Error(`process ${pid} has ended`);
    started.push(identity);
    return identity;
  };

  /** A shell that runs a script. */
  const shell = async (script: string, options: SpawnOptions = {}) => {
    const child = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "inherit"], ...options });
    await once(child, "spawn");
    return { child, identity: add(child.pid) };
  };

  /** A shell that starts a child, and then runs `after`. Resolves when the child has run `first`; it goes on for ever. */
  const family = async (first: string, after: string): Promise<Family> => {
    const env = { ...process.env, SCRIPT: `${first}; echo $$; ${FOREVER}` };
    const { child: parent } = await shell(`sh -c "$SCRIPT" & ${after}`, { env });
    const [line] = await once(parent.stdout as NonNullable<typeof parent.stdout>, "data");
    return { parent, child: add(Number(String(line))) };
  };

  return { shell, family, add };
}
