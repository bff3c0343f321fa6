import { pageSize } from "./clock.ts";
import { readKernelFile } from "./kernel-file.ts";

/** The part of /proc/PID/stat that is used here. */
export interface ProcessStat {
  readonly pid: number;
  /** The name of the command, truncated by the kernel to 15 bytes. */
  readonly comm: string;
  /** One letter, `R`, `S`, `Z`, … */
  readonly state: string;
  readonly parent: number;
  readonly isKernelThread: boolean;
  /** User and system time, in clock ticks. */
  readonly cpuTicks: number;
  /** In clock ticks after boot. Distinguishes the process from a later one with the same pid. */
  readonly startTicks: number;
  /** Bytes. */
  readonly virtualMemory: number;
  /** Bytes. */
  readonly residentMemory: number;
}

/** Undefined when the process does not exist or has ended. */
export function readProcessStat(pid: number): ProcessStat | undefined {
  const text = readKernelFile(`/proc/${pid}/stat`);
  return text === undefined ? undefined : parseProcessStat(text);
}

/** The same, but undefined for the id of a thread: /proc does not list threads, yet /proc/TID can be opened. */
export function readWholeProcess(pid: number): ProcessStat | undefined {
  const group = /^Tgid:\s+(\d+)$/m.exec(readKernelFile(`/proc/${pid}/status`) ?? "")?.[1];
  return group !== undefined && Number(group) !== pid ? undefined : readProcessStat(pid);
}

const PF_KTHREAD = 0x0020_0000; // include/linux/sched.h

/**
 * proc_pid_stat(5): `pid (comm) state ppid …`, 52 fields. The name may contain spaces, parentheses and line feeds, so
 * it ends at the last parenthesis. Undefined for text in another format.
 */
export function parseProcessStat(text: string): ProcessStat | undefined {
  const [open, close] = [text.indexOf("("), text.lastIndexOf(")")];
  if (open < 0 || close < open) return undefined;
  const fields = text.slice(close + 2).split(" ", LAST_FIELD - FIRST_FIELD + 1);
  const field = (number: number) => Number(fields[number - FIRST_FIELD] ?? Number.NaN);
  const stat = {
    pid: Number.parseInt(text, 10),
    comm: text.slice(open + 1, close),
    state: fields[0] ?? "",
    parent: field(4),
    isKernelThread: (field(9) & PF_KTHREAD) !== 0,
    cpuTicks: field(14) + field(15),
    startTicks: field(22),
    virtualMemory: field(23),
    residentMemory: Math.max(0, field(24)) * pageSize(),
  };
  const numbers = [stat.pid, stat.parent, stat.cpuTicks, stat.startTicks, stat.virtualMemory, stat.residentMemory];
  return numbers.every(Number.isFinite) ? stat : undefined;
}

/** Field numbers of the manual: the state is the first after the name, the resident set the last one read here. */
const FIRST_FIELD = 3;
const LAST_FIELD = 24;
