import { listKernelFolder, readKernelFile } from "./kernel-file.ts";

export function readSessionMembers(leader: number): number[] {
  return listKernelFolder("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== leader && sessionOf(pid) === leader);
}

/** proc_pid_stat(5): `pid (comm) state ppid pgrp session …`. */
function sessionOf(pid: number): number | undefined {
  const text = readKernelFile(`/proc/${pid}/stat`);
  return text === undefined ? undefined : Number(text.slice(text.lastIndexOf(")") + 2).split(" ", 4)[3]);
}
