/** Whether a process group exists, zombies included. One system call. Windows has no process groups. */
export function groupExists(group: number): boolean {
  if (process.platform === "win32") return false;
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
}
