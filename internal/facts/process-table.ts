import { readEndedChildren } from "./linux/ended-children.ts";
import { readKernelFile } from "./linux/kernel-file.ts";
import { readExitStatus, readProcessLife } from "./linux/process-life.ts";
import { processesWithVariable } from "./linux/processes-with-variable.ts";

/** What tells one process from another, and a running one from one that has ended. */
export interface ProcessLife {
  /** One letter, proc_pid_stat(5): `Z` and `X` have ended. */
  readonly state: string;
  readonly parent: number;
  /** Clock ticks between boot and its start. A later process with the same pid has another one. */
  readonly start: number;
}

/** A child of this process. */
export interface EndedChild {
  readonly pid: number;
  readonly start: number;
}

/**
 * Reads facts about any process of the machine. It is separate from Platform because one-shot calls do not need it and
 * should not load it.
 */
export interface ProcessTable {
  /** A random identifier of this boot. Pids and start times are valid for one boot. Undefined on other systems than Linux. */
  bootId(): string | undefined;
  /**
   * Undefined when the process does not exist. On systems other than Linux every existing process is in the state `R`
   * and has the parent and the start 0: there no pid can be told from its reuse.
   * @throws the system's error if no descriptor is free to read it.
   */
  lifeOf(pid: number): ProcessLife | undefined;
  /**
   * The status of a process that has ended, and whose parent has not waited for it, as wait(2) reports it. Undefined for
   * any other process, for those of other users unless the caller is root, and on systems other than Linux.
   */
  exitStatusOf(pid: number): number | undefined;
  /** Children of this process that have ended and were not waited for. Empty on systems other than Linux. */
  endedChildren(): readonly EndedChild[];
  /**
   * Processes that were started with `NAME=value` in their environment, as far as this user may read it. Empty on
   * systems other than Linux.
   */
  withVariable(name: string, value: string): readonly number[];
}

/** From /proc. */
export const linuxProcessTable: ProcessTable = {
  bootId: () => readKernelFile("/proc/sys/kernel/random/boot_id")?.trim(),
  lifeOf: readProcessLife,
  exitStatusOf: readExitStatus,
  endedChildren: readEndedChildren,
  withVariable: processesWithVariable,
};

/** What any system answers. */
export const portableProcessTable: ProcessTable = {
  bootId: () => undefined,
  lifeOf: (pid) => (exists(pid) ? { state: "R", parent: 0, start: 0 } : undefined),
  exitStatusOf: () => undefined,
  endedChildren: () => [],
  withVariable: () => [],
};

export const processTable: ProcessTable = process.platform === "linux" ? linuxProcessTable : portableProcessTable;

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
