import { explainStart } from "../../protocol/start-failure.ts";
import type { Logger } from "../base/log.ts";
import type { ProcessEnd } from "../processes/end.ts";
import { signalGroup } from "../processes/group.ts";
import type { ProcessOptions } from "../processes/options.ts";
import type { RunningProcess } from "../processes/running-process.ts";
import { type Identity, startProcess } from "../processes/start.ts";
import { attemptOf } from "../processes/start-failure.ts";
import type { CloneOutput } from "./clone-output.ts";
import type { Leftovers } from "./leftovers.ts";

/** What belongs to a clone beside its process. */
export interface CloneParts {
  readonly output: Pick<CloneOutput, "finish">;
  readonly leftovers: Leftovers;
}

/**
 * Starts a clone, as the leader of a process group that outlives this process. If `create` throws, the start fails with
 * that error.
 */
export function startClone(
  options: ProcessOptions,
  identity: Identity,
  log: Logger,
  create: () => { readonly output: CloneOutput; readonly leftovers: Leftovers },
): RunningProcess {
  const { promise: exited, resolve } = Promise.withResolvers<ProcessEnd>();
  const fail = (error: Error) => resolve({ code: null, signal: null, error });
  try {
    const parts = create();
    const child = spawnInto(parts.output, () => startProcess(options, identity, log, parts.output.descriptors));
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.on("error", (error) => {
      if (child.pid === undefined) fail(explainStart(error, attemptOf(options)));
    });
    const onSpawn = (listener: () => void) => void child.once("spawn", listener);
    return withParts({ pid: child.pid, exited, onSpawn, signal: (name) => signalGroup(child.pid, name) }, parts);
  } catch (error) {
    fail(error as Error);
    return { pid: undefined, exited, onSpawn: () => {}, signal: () => {}, readRest: async () => {} };
  }
}

function spawnInto<T>(output: CloneOutput, start: () => T): T {
  try {
    return start();
  } finally {
    output.release();
  }
}

/** Adds to a process what belongs to it: what it leaves behind is ended, and its output is read to the end. */
export function withParts(
  { pid, exited, onSpawn, signal }: Omit<RunningProcess, "readRest">,
  { output, leftovers }: CloneParts,
): RunningProcess {
  return {
    pid,
    exited,
    onSpawn,
    signal: (name) => {
      signal(name);
      leftovers.signalled(name);
    },
    readRest: async () => {
      if (pid !== undefined) await leftovers.end(pid);
      output.finish();
    },
  };
}
