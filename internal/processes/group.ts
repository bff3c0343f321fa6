import { pause } from "../../protocol/timers.ts";
import { childProcesses } from "../facts/child-processes.ts";
import { sendSignal } from "./send-signal.ts";

/** Sends a signal to a group leader and its group. On Windows, which has no groups, only to the process. */
export function signalGroup(leader: number | undefined, signal: NodeJS.Signals): void {
  if (leader !== undefined) sendSignal(process.platform === "win32" ? leader : -leader, signal);
}

/** Milliseconds between two checks; doubles up to the maximum. */
const POLL_INTERVAL = 10;
const MAX_POLL_INTERVAL = 160;

/** Resolves when no process of an ended leader's group is running, or when `over` is aborted. */
export async function groupGone(leader: number, over: AbortSignal): Promise<void> {
  for (
    let wait = POLL_INTERVAL;
    !over.aborted && childProcesses.isGroupRunning(leader);
    wait = Math.min(MAX_POLL_INTERVAL, 2 * wait)
  ) {
    await pause(wait);
  }
}
