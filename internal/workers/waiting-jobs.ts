import type { Job } from "./job.ts";

/** Maximum number of waiting requests. More would not be answered in time anyway. */
export const MAX_WAITING = 10_000;

/** Queue of jobs that wait for a worker, first in, first out. */
export class WaitingJobs {
  /** Since when each waits, by performance.now(), in the order of their arrival. */
  #waiting = new Map<Job, number>();

  get size(): number {
    return this.#waiting.size;
  }

  /** Returns false if the queue is full. */
  add(job: Job): boolean {
    if (this.#waiting.size >= MAX_WAITING) return false;
    this.#waiting.set(job, performance.now());
    return true;
  }

  /** Offers each job to `take`; jobs that are not taken stay in the queue, with their waiting time unchanged. */
  offer(take: (job: Job) => boolean): void {
    const offered = this.#waiting;
    this.#waiting = new Map();
    const left = [...offered].filter(([job]) => !take(job));
    this.#waiting = new Map([...left, ...this.#waiting]);
  }

  /** Removes and returns the jobs that were queued at or before `before`. */
  takeOlder(before: number): readonly Job[] {
    const old = [...this.#waiting].filter(([, since]) => since <= before).map(([job]) => job);
    for (const job of old) this.#waiting.delete(job);
    return old;
  }

  delete(job: Job): void {
    this.#waiting.delete(job);
  }
}
