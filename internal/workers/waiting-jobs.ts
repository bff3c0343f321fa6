import type { Job } from "./job.ts";

/** Maximum number of waiting requests. More would not be answered in time anyway. */
export const MAX_WAITING = 10_000;

interface Waiting {
  readonly job: Job;
  /** By performance.now(). */
  readonly since: number;
}

/** Queue of jobs that wait for a worker, first in, first out. */
export class WaitingJobs {
  #waiting: Waiting[] = [];

  get size(): number {
    return this.#waiting.length;
  }

  /** Returns false if the queue is full. */
  add(job: Job): boolean {
    if (this.#waiting.length >= MAX_WAITING) return false;
    this.#waiting.push({ job, since: performance.now() });
    return true;
  }

  /** Offers each job to `take`; jobs that are not taken stay in the queue, with their waiting time unchanged. */
  offer(take: (job: Job) => boolean): void {
    const offered = this.#waiting;
    this.#waiting = [];
    const left = offered.filter(({ job }) => !take(job));
    this.#waiting = [...left, ...this.#waiting];
  }

  /** Removes and returns the jobs that were queued at or before `before`. */
  takeOlder(before: number): readonly Job[] {
    const old = this.#waiting.filter(({ since }) => since <= before);
    if (old.length > 0) this.#waiting = this.#waiting.filter(({ since }) => since > before);
    return old.map(({ job }) => job);
  }

  delete(job: Job): void {
    const at = this.#waiting.findIndex((waiting) => waiting.job === job);
    if (at >= 0) this.#waiting.splice(at, 1);
  }
}
