import { readFileSync, writeFileSync } from "node:fs";

/**
 * Measures the growth of a process's resident memory. The returned function gives, in bytes, the difference between the
 * peak since this call and the value at this call. Undefined on systems other than Linux.
 */
export function followMemory(pid: number): () => number | undefined {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, "5"); // resets the peak: proc_pid_clear_refs(5)
  } catch {
    return () => undefined;
  }
  const before = statusBytes(pid, "VmRSS");
  return () => Math.max(0, statusBytes(pid, "VmHWM") - before);
}

function statusBytes(pid: number, field: string): number {
  const line = readFileSync(`/proc/${pid}/status`, "latin1")
    .split("\n")
    .find((text) => text.startsWith(`${field}:`));
  return Number.parseInt(line?.slice(field.length + 1) ?? "", 10) * 1024;
}
