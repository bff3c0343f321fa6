import type { AbandonedRequest } from "./abandoned-requests.ts";
import type { DescribedJob } from "./described-job.ts";
import type { Job } from "./job.ts";

/** A worker, as the rules about suspects see it (`Losses`, `Trials`). */
export interface SuspectLink {
  /** Requests without a complete response. */
  readonly active: number;
  readonly isGone: boolean;
  /** No request of a client was sent to it yet. Warm-up requests do not count. */
  readonly isNew: boolean;
  /** Whether at least one job has no response head yet. */
  readonly awaitsAnswer: boolean;
  /** Jobs without a complete response, latest first; after a disconnect, those at that time. */
  readonly jobs: readonly Job[];
  /** Abandoned requests that it may still process, latest first; after a disconnect, those at that time. */
  readonly abandonedRequests: readonly AbandonedRequest[];
  /** The suspect that runs alone on this worker. Written by `Trials`. */
  onTrial: Job | undefined;
  canTake(job: Job): boolean;
  /** Resolves when all requests are answered, or when the worker has disconnected. */
  idle(): Promise<void>;
  ping(): Promise<void>;
  /** Sets the verdict on a job that was unanswered at the disconnect. */
  mark(job: Job, verdict: DescribedJob["verdict"]): void;
  /** Marks all unanswered and abandoned requests as suspects. */
  markAllSuspect(): void;
}
