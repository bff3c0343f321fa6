import type { Job } from "./job.ts";
import type { Loss } from "./loss.ts";

/**
 * Decides what happens to the unanswered requests of lost workers. `Suspects` implements it; in a gateway process, the
 * service decides for all gateways together, and the implementation asks it.
 */
export interface Judge<Link> {
  /** Number of requests that wait for a trial. */
  readonly waiting: number;
  /** Workers that are reserved for trials, out of rotation. */
  readonly reserved: readonly Link[];
  isReserved(link: Link): boolean;
  /** Reserves a new worker if suspects need one. Returns whether it did. */
  reserveNew(link: Link): boolean;
  /** A worker was deactivated. */
  forget(link: Link): void;
  /**
   * A worker was lost with these jobs unanswered, latest first. `whyLost` is absent if the reason will never be known.
   */
  left(link: Link, jobs: readonly Job[], whyLost: Promise<Loss> | undefined): void;
  /** Queues a suspect for a trial. */
  isolate(job: Job): void;
  /** A job is no longer needed. */
  abandon(job: Job): void;
  /** Whether a job's method and path are convicted. */
  isConvicted(job: Job): boolean;
  /** Whether a worker that has ended, or is ending, has a convicted request or a suspect on trial in flight. */
  endedByRequest(link: Link): boolean;
  /** Must be called periodically. Removes and returns the suspects that have waited too long without any worker. */
  sweep(now: number): readonly Job[];
  /** Removes and returns all jobs that wait for a decision or a trial. */
  takeAll(): readonly Job[];
}
