import type { Job } from "./job.ts";

/** A connected worker that gets no requests from clients until it replaces another one. */
export interface Standby {
  readonly id: string;
  /** Whether it is connected and still a standby. */
  readonly isWaiting: boolean;
  send(job: Job): void;
  /** The response is no longer needed. */
  abandon(job: Job): void;
}
