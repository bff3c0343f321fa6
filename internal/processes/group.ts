import type { ChildProcess } from "node:child_process";
import { pause } from "../../protocol/timers.ts";
import { listKernelFolder, readKernelFile } from "../facts/linux/kernel-file.ts";
import { sendSignal } from "./send-signal.ts";

/** Sends a signal to a group leader and its group. On Windows, which has no groups, only to the process. */
export function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (process.platform === "win32") child.kill(signal);
  else sendSignal(-child.pid, signal);
}

/** Milliseconds between two checks; doubles up to the maximum. */
const POLL_INTERVAL = 10;
const MAX_POLL_INTERVAL = 160;

/** Resolves when no process of an ended leader's group is running, or when `over` is aborted. */
export async function groupGone(leader: number, over: AbortSignal): Promise<void> {
  for (let wait = POLL_INTERVAL; !over.aborted && groupLives(leader); wait = Math.min(MAX_POLL_INTERVAL, 2 * wait)) {
    await pause(wait);
  }
}

/**
 * Whether a process is running in the group of an ended leader. Zombies, which remain in a container without an init
 * process, do not count on Linux; other systems do not report them.
 */
export function groupLives(leader: number): boolean {
  if (process.platform === "win32" || !groupExists(leader)) return false;
  if (process.platform !== "linux") return true;
  return listKernelFolder("/proc").some((name) => Number.isInteger(Number(name)) && runsInGroup(name, leader));
}

/** A single system call. It avoids reading all processes if the group does not exist. */
function groupExists(leader: number): boolean {
  try {
    return process.kill(-leader, 0);
  } catch {
    return false;
  }
}

/** proc_pid_stat(5): `pid (comm) state ppid pgrp …`. */
function runsInGroup(pid: string, leader: number): boolean {
  const text = readKernelFile(`/proc/${pid}/stat`);
  if (text === undefined) return false;
  const [state = "", , group] = text.slice(text.lastIndexOf(")") + 2).split(" ", 3);
  return Number(group) === leader && state !== "Z" && state !== "X";
}
