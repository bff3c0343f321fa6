import { groupExists } from "../process-group.ts";
import { listKernelFolder, readKernelFile } from "./kernel-file.ts";

/**
 * A zombie in the group does not count: in a container without an init it stays for good. `groupExists` avoids the
 * walk when there is no group.
 */
export function isGroupRunning(group: number): boolean {
  return groupExists(group) && listKernelFolder("/proc").some((name) => isRunningMember(name, group));
}

/** proc_pid_stat(5): `pid (comm) state ppid pgrp …`. */
function isRunningMember(pid: string, group: number): boolean {
  if (!Number.isInteger(Number(pid))) return false;
  const text = readKernelFile(`/proc/${pid}/stat`);
  if (text === undefined) return false;
  const [state = "", , own] = text.slice(text.lastIndexOf(")") + 2).split(" ", 3);
  return Number(own) === group && state !== "Z" && state !== "X";
}
