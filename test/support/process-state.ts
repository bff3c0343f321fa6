import { readFileSync } from "node:fs";

/** The state letter of a process, `R`, `S`, `Z`, …, proc_pid_stat(5). Undefined when there is no such process. */
export function processState(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.charAt(text.lastIndexOf(")") + 2);
  } catch {
    return undefined;
  }
}

/** False for a zombie. */
export function isRunning(pid: number | undefined): boolean {
  const state = pid === undefined ? undefined : processState(pid);
  return state !== undefined && state !== "Z" && state !== "X";
}
