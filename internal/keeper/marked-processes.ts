import { readFileSync } from "node:fs";
import { processTable } from "../facts/process-table.ts";
import { processesWith } from "../processes/descendants.ts";
import type { ProcessIdentity } from "../processes/identity.ts";
import { CLONE_ID, CLONE_KEY, CLONE_PORT, CLONE_STATE } from "./clone-environment.ts";

/** A process that a keeper with the same state folder has started, or that a clone has started. */
export interface MarkedProcess extends ProcessIdentity {
  readonly app: string;
  readonly id: string;
  readonly key: string;
  /** On which it is to listen. */
  readonly port?: number;
  /** It leads its process group, as clones do. */
  readonly isLeader: boolean;
}

/** All running processes with the variables of a state folder in their environment. */
export function markedProcesses(state: string): MarkedProcess[] {
  return processesWith(CLONE_STATE, state).flatMap(({ pid, start }) => {
    const variables = environmentOf(pid);
    const [app, id, key] = ["XSYS_APP", CLONE_ID, CLONE_KEY].map((name) => variables.get(name));
    const life = processTable.lifeOf(pid);
    if (app === undefined || id === undefined || key === undefined || life?.start !== start) return [];
    const port = Number(variables.get(CLONE_PORT));
    return { pid, start, app, id, key, isLeader: life.group === pid, ...(port > 0 && { port }) };
  });
}

/** Empty if the process has ended. */
function environmentOf(pid: number): ReadonlyMap<string, string> {
  try {
    const entries = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
    return new Map(entries.map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]));
  } catch {
    return new Map();
  }
}
