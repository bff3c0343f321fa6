import type { Result } from "../../protocol/commands/index.ts";
import type { RequestInFlight } from "../workers/channel.ts";

/** What is known of a process that ended unasked. */
export type CrashRecord = Result<"cluster.crashes">[number];

/** Requests that a record names. */
export const MAX_REQUESTS = 10;
/** Lines of output in it. */
export const MAX_LAST_LINES = 20;

/** What a worker was at when it was lost. */
export interface Workload {
  readonly count: number;
  readonly requests: readonly RequestInFlight[];
}

export const NO_WORK: Workload = { count: 0, requests: [] };
