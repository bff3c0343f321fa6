import type { Job } from "./job.ts";
import { SentJob } from "./sent-job.ts";
import { Slots } from "./slots.ts";

/** The jobs that were sent to a worker and are not completely answered, by id. */
export class SentJobs {
  readonly #slots = new Slots<SentJob>();
  #onEmpty: (() => void)[] = [];

  get count(): number {
    return this.#slots.used;
  }

  add(job: Job): { readonly id: number; readonly sent: SentJob } {
    const sent = new SentJob(job);
    return { id: this.#slots.add(sent), sent };
  }

  get(id: number): SentJob | undefined {
    return this.#slots.get(id);
  }

  /** The job is complete. */
  end(id: number): void {
    this.#slots.delete(id);
    if (this.count === 0 && this.#onEmpty.length > 0) for (const resolve of this.#onEmpty.splice(0)) resolve();
  }

  /** Resolves when there are no jobs. */
  async empty(): Promise<void> {
    if (this.count === 0) return;
    await new Promise<void>((resolve) => {
      this.#onEmpty.push(resolve);
    });
  }

  /** Jobs sent at or before `before` (by performance.now()) without a response head. */
  unansweredSince(before: number): readonly [number, SentJob][] {
    return [...this.#slots.entries()].filter(([, { isAnswered, sentAt }]) => !isAnswered && sentAt <= before);
  }

  /** Latest first. */
  all(): readonly SentJob[] {
    const all = [...this.#slots.entries()].map(([, sent]) => sent);
    return all.reverse().sort((a, b) => b.sentAt - a.sentAt);
  }

  /** Removes and returns all jobs, latest first. */
  takeAll(): readonly SentJob[] {
    const all = this.all();
    for (const [id] of [...this.#slots.entries()]) this.end(id);
    return all;
  }
}
