import { closeSync, readdirSync, readFileSync } from "node:fs";

/** Flag of open(2): the descriptor is closed on exec. Node opens all of its own with it. */
const O_CLOEXEC = 0o2_000_000;

/**
 * Closes the descriptors that this process has inherited beyond the standard streams, such as the lock of a script that
 * has started an app: the keeper and its apps would hold it for as long as they run. Linux only.
 * @param kept - descriptors that an earlier program of this process has left
 */
export function closeInherited(kept: readonly number[]): void {
  if (process.platform !== "linux") return;
  for (const descriptor of readdirSync("/proc/self/fd").map(Number)) {
    if (descriptor > 2 && !kept.includes(descriptor) && isInherited(descriptor)) closeSync(descriptor);
  }
}

function isInherited(descriptor: number): boolean {
  try {
    const [, flags = "0"] = /^flags:\s+(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "utf8")) ?? [];
    return (Number.parseInt(flags, 8) & O_CLOEXEC) === 0;
  } catch {
    return false; // the descriptor with which the folder was read
  }
}
