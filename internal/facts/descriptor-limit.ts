import { readFileSync } from "node:fs";

/** Descriptors that this process may have open, by its soft limit; undefined where the system does not tell, or sets none. */
export function descriptorLimit(): number | undefined {
  if (process.platform !== "linux") return undefined;
  const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1")) ?? [];
  return soft === undefined ? undefined : Number(soft);
}
