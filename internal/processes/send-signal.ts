import { isErrno } from "../base/errno.ts";

/**
 * Sends a signal to a process, or to a process group by its negative id. Returns false if it has ended or belongs to
 * another user.
 */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if (isErrno(error) && (error.code === "ESRCH" || error.code === "EPERM")) return false;
    throw error;
  }
}
