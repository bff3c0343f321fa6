import { isErrno } from "../base/errno.ts";

/**
 * Sends a signal to a process, or, by the negative of its id, to a group. One that has ended, or that belongs to another
 * user, is passed over: false.
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
