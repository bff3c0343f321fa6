import { processTable } from "../facts/process-table.ts";
import { exists, type ProcessIdentity } from "./identity.ts";
import { Pidfd } from "./pidfd.ts";
import { sendSignal } from "./send-signal.ts";

/**
 * Sends a signal to a process, and never to another one that has its pid. Returns false if it has ended or belongs to
 * another user; a zombie accepts a signal and ignores it. Without node:ffi, and if no descriptor is free, the start time
 * is compared and the signal sent by pid: in between, which is some microseconds, the pid could be used again.
 * @throws the system's error if no descriptor is free to read the start time, either.
 */
export function signalIdentity(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  const pidfd = Pidfd.open(identity);
  if (pidfd === "ended") return false;
  if (pidfd === "unavailable") return exists(identity) && sendSignal(identity.pid, signal);
  try {
    return pidfd.signal(signal) === undefined;
  } finally {
    pidfd.close();
  }
}

/** PIDFD_SIGNAL_PROCESS_GROUP, linux/pidfd.h. Since Linux 6.9. */
const TO_GROUP = 4;

/**
 * Sends a signal to the process group of a leader. Returns false if the group is empty or belongs to another user.
 *
 * While the leader exists, if only as a zombie, the signal goes to its group alone. After that it is sent by the number
 * of the group, and the caller must know that a member is left, or that the group was not empty until now: the kernel
 * does not use the number of a group again while the group has members. A group that has been empty may come to be
 * another program's; that is noticed only while the leader of that program runs.
 * @throws like `signalIdentity`.
 */
export function signalGroupOf(leader: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (leader.pid <= 1) return false; // -1 stands for all processes
  const pidfd = Pidfd.open(leader);
  if (pidfd instanceof Pidfd) {
    try {
      const error = pidfd.signal(signal, TO_GROUP);
      return error === "EINVAL" ? sendSignal(-leader.pid, signal) : error === undefined;
    } finally {
      pidfd.close();
    }
  }
  const life = processTable.lifeOf(leader.pid);
  return (life === undefined || life.start === leader.start) && sendSignal(-leader.pid, signal);
}
