import type { ChildProcess } from "node:child_process";
import { pause } from "../../protocol/timers.ts";
import { listKernelFolder, readKernelFile } from "../facts/linux/kernel-file.ts";
import { sendSignal } from "./send-signal.ts";

/** To a process that leads a group, and all that it started. Windows has no groups: to the process alone. */
export function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (process.platform === "win32") child.kill(signal);
  else sendSignal(-child.pid, signal);
}

/** Milliseconds between two looks; it doubles up to the longest. */
const POLL_INTERVAL = 10;
const MAX_POLL_INTERVAL = 160;

/** Resolves when nothing runs in a group any more whose leader has ended, or when it is not waited for any more. */
export async function groupGone(leader: number, over: AbortSignal): Promise<void> {
  for (let wait = POLL_INTERVAL; !over.aborted && groupLives(leader); wait = Math.min(MAX_POLL_INTERVAL, 2 * wait)) {
    await pause(wait);
  }
}

/**
 * Whether anything runs in the group of a leader that has ended. What has ended too and is waited for by nobody, as in a
 * container without an init, does not count; Linux alone tells.
 */
export function groupLives(leader: number): boolean {
  if (process.platform === "win32" || !groupExists(leader)) return false;
  if (process.platform !== "linux") return true;
  return listKernelFolder("/proc").some((name) => Number.isInteger(Number(name)) && runsInGroup(name, leader));
}

/** One system call, which spares the walk through all processes where there is no group. */
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
