import type { Job } from "./job.ts";

/** Requests that wait for a worker at the most: beyond it, more would not be answered in time, either. */
export const MAX_WAITING = 10_000;

interface Waiting {
  readonly job: Job;
  /** By performance.now(). */
  readonly since: number;
}

/** Jobs that wait for a worker to be ready, first come, first served. */
export class WaitingJobs {
  #waiting: Waiting[] = [];

  get size(): number {
    return this.#waiting.length;
  }

  /** False when as many wait as may. */
  add(job: Job): boolean {
    if (this.#waiting.length >= MAX_WAITING) return false;
    this.#waiting.push({ job, since: performance.now() });
    return true;
  }

  /** Offers each to whoever may take it; those that are not taken wait on, as long as they have. */
  offer(take: (job: Job) => boolean): void {
    const offered = this.#waiting;
    this.#waiting = [];
    const left = offered.filter(({ job }) => !take(job));
    this.#waiting = [...left, ...this.#waiting];
  }

  /** Takes out those that have waited since before a moment. */
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
