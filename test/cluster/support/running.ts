import { readProcessStat } from "../../../internal/facts/linux/process-stat.ts";

/** Resolves when a process is gone, or has ended and was not waited for by whoever inherited it. */
export async function gone(pid: number | undefined): Promise<void> {
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
}

export function isRunning(pid: number | undefined): boolean {
  const stat = pid === undefined ? undefined : readProcessStat(pid);
  return stat !== undefined && stat.state !== "Z" && stat.state !== "X";
}
