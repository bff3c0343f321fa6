import type { Result } from "../../protocol/commands/index.ts";
import type { RequestInFlight } from "../workers/channel.ts";

/** The record of a process that ended unexpectedly. */
export type CrashRecord = Result<"cluster.crashes">[number];

/** Maximum number of requests in a record. */
export const MAX_REQUESTS = 10;
/** Maximum number of output lines in a record. */
export const MAX_LAST_LINES = 20;

/** The unanswered requests of a worker, when it was lost. */
export interface Workload {
  readonly count: number;
  readonly requests: readonly RequestInFlight[];
}

export const NO_WORK: Workload = { count: 0, requests: [] };
