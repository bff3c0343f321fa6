import type { ClusterStatus } from "../cluster/supervisor.ts";
import type { PortFront } from "./app-spec.ts";

/** What the keeper tells of an app. Times in seconds. */
export interface AppStatus {
  readonly name: string;
  readonly command: readonly string[];
  readonly cwd: string;
  /** What should be: it stays so when the machine is started again. */
  readonly wanted: "running" | "stopped";
  readonly front: "none" | PortFront["kind"];
  /** host:port of the listening socket; an address of IPv6 is in brackets. */
  readonly address?: string;
  /** Number of active clones that are wanted, and of those that are ready. */
  readonly clones: number;
  readonly ready: number;
  readonly restarts: number;
  readonly crashes: number;
  readonly members: readonly Omit<ClusterStatus["members"][number], "in_flight">[];
  /** Absolute paths of what it is restarted for. */
  readonly watches?: readonly string[];
  /** Unix time of the next restart by its cron expression. */
  readonly next_time?: number;
  /** Apps that it waits for before it is started. */
  readonly waits_for?: readonly string[];
  /** Why its log is not complete, or its stored state could not be read. */
  readonly faults: readonly string[];
}
