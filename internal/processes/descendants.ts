import { childProcesses } from "../facts/child-processes.ts";
import { processTable } from "../facts/process-table.ts";
import { exists, identityOf, isRunning, type ProcessIdentity } from "./identity.ts";

/** A variable in the environment of all processes of an app. */
export interface Mark {
  readonly name: string;
  readonly value: string;
}

/**
 * The running processes that were started with a variable in their environment. They may have left the process group,
 * the session and the tree of their app. Processes that were started with another environment are not found, nor those
 * of other users unless this one is root's, nor any on other systems than Linux. 12 ms with 600 processes.
 */
export function processesWith(name: string, value: string): ProcessIdentity[] {
  return runningOf(processTable.withVariable(name, value));
}

/**
 * The running descendants of a process, without it: its tree, at most 64 processes, and those that have the mark, even if the
 * process has ended. A process that has both left the tree and cleared its environment is not found. This process and
 * its ancestors are never among them, even if they were started by the app.
 */
export function descendantsOf(identity: ProcessIdentity, { name, value }: Mark): ProcessIdentity[] {
  const tree = exists(identity) ? childProcesses.processFamily(identity.pid) : [];
  const pids = new Set([...tree, ...processTable.withVariable(name, value)]);
  for (const pid of ownLine()) pids.delete(pid);
  return runningOf([...pids]).filter(({ pid, start }) => pid !== identity.pid || start !== identity.start);
}

function runningOf(pids: readonly number[]): ProcessIdentity[] {
  return pids
    .map(identityOf)
    .filter((identity) => identity !== undefined)
    .filter(isRunning);
}

/** This process and its ancestors. */
function ownLine(): Set<number> {
  const line = new Set<number>();
  for (let pid = process.pid; pid > 0 && !line.has(pid); pid = processTable.lifeOf(pid)?.parent ?? 0) line.add(pid);
  return line;
}
