import type { Result } from "../../../protocol/commands/index.ts";
import { maskArguments } from "../../base/mask-environment.ts";
import type { AppStatus } from "../../keeper/app-status.ts";

export type App = Result<"app.status">[number];

const FAILING: ReadonlySet<string> = new Set(["backing-off", "hopeless", "crashed"]);

/** An app as users see it. */
export function appOf(status: AppStatus): App {
  const { wanted: _, watches, waits_for: waitsFor, ...rest } = status;
  const reason = waitsFor
    ? `waits until ${waitsFor.join(", ")} ${waitsFor.length === 1 ? "is" : "are"} ready`
    : status.members.find((member) => member.reason !== undefined)?.reason;
  return {
    ...rest,
    state: stateOf(status),
    command: maskArguments(status.command),
    members: [...status.members],
    ...(watches !== undefined && { watches: [...watches] }),
    faults: [...status.faults],
    ...(reason !== undefined && { reason }),
  };
}

function stateOf({ wanted, ready, clones, members, faults, waits_for }: AppStatus): App["state"] {
  if (wanted === "stopped") return "stopped";
  if (waits_for !== undefined) return "starting";
  if (ready >= clones) return "running";
  if (ready > 0) return "degraded";
  if (members.length > 0 && members.every(({ state }) => state === "stopped")) return "stopped";
  if (members.length === 0 && faults.length > 0) return "failing";
  return members.some(({ state, reason }) => FAILING.has(state) || reason !== undefined) ? "failing" : "starting";
}

/** An app whose stored state cannot be read. */
export function unreadable(name: string, fault: string): App {
  const none = { clones: 0, ready: 0, restarts: 0, crashes: 0 };
  return { name, state: "unreadable", ...none, command: [], cwd: "", front: "none", members: [], faults: [fault] };
}
