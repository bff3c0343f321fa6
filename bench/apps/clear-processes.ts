import { setTimeout as pause } from "node:timers/promises";
import { processesWith } from "../../internal/processes/descendants.ts";
import { signalIdentity } from "../../internal/processes/signal-identity.ts";

/** Kills all processes that were started with a variable, and those that they start meanwhile. */
export async function clearProcesses(name: string, value: string): Promise<void> {
  for (let left = processesWith(name, value); left.length > 0; left = processesWith(name, value)) {
    for (const each of left) signalIdentity(each, "SIGKILL");
    await pause(10);
  }
}
