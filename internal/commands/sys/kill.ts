import { kill } from "../../../protocol/commands/sys.ts";
import { XsysError } from "../../../protocol/errors.ts";
import { isErrno } from "../../base/errno.ts";
import { handle } from "../../base/handler.ts";
import type { Process } from "../../facts/facts.ts";
import { platform } from "../../facts/platform.ts";

export default handle(kill, async ({ pid, name, signal }, { callerPid, signal: abort }) => {
  if ((pid === undefined) === (name === undefined)) {
    throw new XsysError("INVALID_PARAMS", "sys.kill: give either pid or name");
  }
  if (pid !== undefined) endOne(pid, signal);
  else if (name !== undefined) {
    const all = await platform.processes({}, abort);
    endAll(name, named(name, all, [process.pid, ...(callerPid === undefined ? [] : [callerPid])]), signal);
  }
  return null;
});

function endOne(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (isErrno(error) && error.code === "ESRCH") {
      throw new XsysError("NOT_FOUND", `sys.kill: there is no process ${pid}`, { details: { pid }, cause: error });
    }
    if (isErrno(error) && error.code === "EPERM") throw denied([pid], error);
    throw error;
  }
}

/** Signals all processes before it fails for those that refused the signal. One that has already ended is no error. */
function endAll(name: string, pids: readonly number[], signal: NodeJS.Signals): void {
  const refused: number[] = [];
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (!isErrno(error) || (error.code !== "EPERM" && error.code !== "ESRCH")) throw error;
      if (error.code === "EPERM") refused.push(pid);
    }
  }
  if (refused.length > 0) throw denied(refused, undefined, name);
}

/** Processes with exactly that name, except for the callers and their ancestors. */
function named(name: string, all: readonly Process[], asking: readonly number[]): number[] {
  const found = all.filter((process) => process.name === name).map(({ pid }) => pid);
  if (found.length === 0) {
    throw new XsysError("NOT_FOUND", `sys.kill: there is no process named ${name}`, { details: { name } });
  }
  const spared = withAncestors(all, asking);
  const ended = found.filter((pid) => !spared.has(pid));
  if (ended.length > 0) return ended;
  throw new XsysError("DENIED", `sys.kill: ${name} is the calling process or its ancestor; use its pid to end it`, {
    details: { name, pids: found },
  });
}

function withAncestors(all: readonly Process[], pids: readonly number[]): Set<number> {
  const parents = new Map(all.map(({ pid, parent_pid }) => [pid, parent_pid]));
  const line = new Set<number>();
  for (const start of pids) {
    for (let pid: number | undefined = start; pid !== undefined && !line.has(pid); pid = parents.get(pid))
      line.add(pid);
  }
  return line;
}

function denied(pids: readonly number[], cause: unknown, name?: string): XsysError {
  const what = `process ${pids.join(", ")}${name === undefined ? "" : ` (${name})`}`;
  return new XsysError("DENIED", `sys.kill: ${what} belongs to another user`, {
    details: { pids, ...(name !== undefined && { name }) },
    ...(cause !== undefined && { cause }),
  });
}
