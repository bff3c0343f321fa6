import type { ChildProcesses } from "./facts.ts";
import { readCpuQuota } from "./linux/cpu-quota.ts";
import { readDescriptorLimit } from "./linux/descriptor-limit.ts";
import { readProcessFamily } from "./linux/process-family.ts";
import { isGroupRunning } from "./linux/process-group.ts";
import { readSessionMembers } from "./linux/session-members.ts";
import { groupExists } from "./process-group.ts";

/** From /proc. */
export const linuxChildProcesses: ChildProcesses = {
  cpuQuota: () => readCpuQuota(),
  descriptorLimit: readDescriptorLimit,
  isGroupRunning,
  processFamily: readProcessFamily,
  sessionMembers: readSessionMembers,
};

/** What any system answers. */
export const portableChildProcesses: ChildProcesses = {
  cpuQuota: () => undefined,
  descriptorLimit: () => undefined,
  isGroupRunning: groupExists,
  processFamily: (pid) => [pid],
  sessionMembers: () => [],
};

export const childProcesses: ChildProcesses =
  process.platform === "linux" ? linuxChildProcesses : portableChildProcesses;
