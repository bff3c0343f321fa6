import type { ProcessTable } from "./facts.ts";
import { readEndedChildren } from "./linux/ended-children.ts";
import { readKernelFile } from "./linux/kernel-file.ts";
import { readExitStatus, readProcessLife } from "./linux/process-life.ts";
import { processesWithVariable } from "./linux/processes-with-variable.ts";

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
  lifeOf: (pid) => (exists(pid) ? { state: "R", parent: 0, group: 0, start: 0 } : undefined),
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
