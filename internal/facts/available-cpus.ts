import { availableParallelism } from "node:os";
import { childProcesses } from "./child-processes.ts";

/**
 * The number of CPUs that this process may use, at least 1: those of its affinity mask, which cpusets restrict, and no
 * more than the quota of its control groups, rounded down.
 */
export function availableCpus(
  quota: number | undefined = childProcesses.cpuQuota(),
  cpus: number = availableParallelism(),
): number {
  return Math.max(1, Math.min(cpus, Math.floor(quota ?? cpus)));
}
