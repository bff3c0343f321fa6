import { readFileSync } from "node:fs";

/** The soft limit in /proc/self/limits, proc_pid_limits(5). Undefined when it is `unlimited`. */
export function readDescriptorLimit(): number | undefined {
  const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1")) ?? [];
  return soft === undefined ? undefined : Number(soft);
}
