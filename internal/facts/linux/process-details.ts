import type { Process } from "../facts.ts";
import { twoDecimals } from "../percent.ts";
import type { Clock } from "./clock.ts";
import { readKernelFile, readKernelLink, readKernelOwner } from "./kernel-file.ts";
import type { ProcessStat } from "./process-stat.ts";

/** Adds the facts from the other files of a process. Undefined when it has ended. `cpuUsage` is in percent. */
export function describeProcess(stat: ProcessStat, clock: Clock, cpuUsage: number): Process | undefined {
  // The owner of /proc/PID is the effective user, even if its files cannot be read: task_dump_owner() in
  // fs/proc/base.c.
  const user = readKernelOwner(`/proc/${stat.pid}`);
  if (user === undefined) return undefined;
  const cmd = stat.isKernelThread ? [] : parseCommandLine(readKernelFile(`/proc/${stat.pid}/cmdline`) ?? "");
  const exe = stat.isKernelThread ? undefined : readKernelLink(`/proc/${stat.pid}/exe`);
  const start = stat.startTicks / clock.ticksPerSecond;
  return {
    pid: stat.pid,
    name: fullName(stat.comm, cmd[0]),
    ...(exe !== undefined && { exe: exe.replace(/ \(deleted\)$/, "") }),
    cmd,
    cpu_usage: twoDecimals(cpuUsage),
    memory: stat.residentMemory,
    virtual_memory: stat.virtualMemory,
    status: STATES[stat.state] ?? "Unknown",
    start_time: Math.floor(clock.bootTime + start),
    run_time: Math.max(0, Math.floor(clock.uptime - start)),
    parent_pid: stat.parent,
    user_id: String(user),
    ...parseIo(readKernelFile(`/proc/${stat.pid}/io`) ?? ""),
  };
}

/** The letters of proc_pid_stat(5). */
const STATES: Readonly<Record<string, Process["status"]>> = {
  R: "Running",
  S: "Sleeping",
  D: "Waiting",
  T: "Stopped",
  t: "Stopped",
  Z: "Zombie",
  X: "Dead",
  x: "Dead",
  I: "Idle",
  P: "Idle",
};

/** proc_pid_cmdline(5): arguments terminated by NUL. A program that sets its title may leave out the last NUL. */
export function parseCommandLine(text: string): string[] {
  return text === "" ? [] : text.replace(/\0$/, "").split("\0");
}

const MAX_COMM = 15; // TASK_COMM_LEN less the NUL

/**
 * The process name. If the kernel truncated it and the first argument starts with it, the first argument's base name.
 */
export function fullName(comm: string, argument = ""): string {
  if (Buffer.byteLength(comm) < MAX_COMM) return comm;
  const base = argument.slice(argument.lastIndexOf("/") + 1);
  return base.startsWith(comm) ? base : comm;
}

/**
 * proc_pid_io(5): bytes read from and written to storage. Zeros when the file cannot be read (other users' processes).
 */
export function parseIo(text: string): Pick<Process, "disk_read" | "disk_write"> {
  return {
    disk_read: Number(/^read_bytes: (\d+)$/m.exec(text)?.[1] ?? 0),
    disk_write: Number(/^write_bytes: (\d+)$/m.exec(text)?.[1] ?? 0),
  };
}
