import { listKernelFolder, readKernelFile } from "../../../facts/linux/kernel-file.ts";

/**
 * The processes of a session, without the one that leads it: the jobs that a shell runs have process groups of their own.
 * Linux alone tells them; elsewhere there are none to be seen.
 */
export function sessionMembers(leader: number): number[] {
  if (process.platform !== "linux") return [];
  return listKernelFolder("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== leader && sessionOf(pid) === leader);
}

/** proc_pid_stat(5): `pid (comm) state ppid pgrp session …`. */
function sessionOf(pid: number): number | undefined {
  const text = readKernelFile(`/proc/${pid}/stat`);
  return text === undefined ? undefined : Number(text.slice(text.lastIndexOf(")") + 2).split(" ", 4)[3]);
}
