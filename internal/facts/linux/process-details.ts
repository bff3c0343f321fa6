import type { Process } from "../facts.ts";
import { twoDecimals } from "../percent.ts";
import type { Clock } from "./clock.ts";
import { readKernelFile, readKernelLink, readKernelOwner } from "./kernel-file.ts";
import type { ProcessStat } from "./process-stat.ts";

/** Completes a process with what its other files tell; undefined when it ended meanwhile. `cpuUsage` is in percent. */
export function describeProcess(stat: ProcessStat, clock: Clock, cpuUsage: number): Process | undefined {
  // The owner of /proc/PID is the effective user, whatever may be read below it: task_dump_owner() in fs/proc/base.c.
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

/** proc_pid_cmdline(5): arguments that end in NUL. A program that writes a title over them may leave out the last. */
export function parseCommandLine(text: string): string[] {
  return text === "" ? [] : text.replace(/\0$/, "").split("\0");
}

const MAX_COMM = 15; // TASK_COMM_LEN less the NUL

/** The name, whole where the kernel cut it off and the first argument shows how it goes on. */
export function fullName(comm: string, argument = ""): string {
  if (Buffer.byteLength(comm) < MAX_COMM) return comm;
  const base = argument.slice(argument.lastIndexOf("/") + 1);
  return base.startsWith(comm) ? base : comm;
}

/** proc_pid_io(5): what reached storage, in bytes. Zeros when there is nothing to read, as for other users' processes. */
export function parseIo(text: string): Pick<Process, "disk_read" | "disk_write"> {
  return {
    disk_read: Number(/^read_bytes: (\d+)$/m.exec(text)?.[1] ?? 0),
    disk_write: Number(/^write_bytes: (\d+)$/m.exec(text)?.[1] ?? 0),
  };
}
