import { processTable } from "../facts/process-table.ts";

/**
 * Names one process for as long as the machine runs: a pid is used again after the end of its process. Together with
 * `bootId` it may be stored. On systems other than Linux the start is 0, and the pid alone identifies the process.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks between boot and its start, field 22 of proc_pid_stat(5). */
  readonly start: number;
}

/**
 * Undefined when no process has the pid.
 * @throws the system's error if no descriptor is free to read it, as do `exists` and `isRunning`.
 */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const life = processTable.lifeOf(pid);
  return life && { pid, start: life.start };
}

/** Whether the process exists. True for a zombie, which has ended and keeps its pid until its parent waits for it. */
export function exists({ pid, start }: ProcessIdentity): boolean {
  return processTable.lifeOf(pid)?.start === start;
}

/** Whether the process has not ended. False for a zombie, and when another process has its pid. */
export function isRunning({ pid, start }: ProcessIdentity): boolean {
  const life = processTable.lifeOf(pid);
  return life?.start === start && life.state !== "Z" && life.state !== "X";
}

/**
 * The status of a process that has ended, and whose parent has not waited for it, as wait(2) reports it. Undefined for any
 * other process, for those of other users unless this one is root's, and on systems other than Linux.
 */
export function exitStatusOf(identity: ProcessIdentity): number | undefined {
  const status = processTable.exitStatusOf(identity.pid);
  return exists(identity) ? status : undefined; // checked afterwards: then it was not the status of a later process
}

/** A random identifier of this boot. Undefined on systems other than Linux. */
export function bootId(): string | undefined {
  return processTable.bootId();
}
