import type { Job } from "./job.ts";
import { SentJob } from "./sent-job.ts";
import { Slots } from "./slots.ts";

/** The jobs that a worker was sent and has not answered whole, by the id that it was given for each. */
export class SentJobs {
  readonly #slots = new Slots<SentJob>();
  #onEmpty: (() => void)[] = [];

  /** Whether there was ever one. */
  get wasUsed(): boolean {
    return this.#slots.wasUsed;
  }

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

  /** Nothing more comes of it. */
  end(id: number): void {
    this.#slots.delete(id);
    if (this.count === 0 && this.#onEmpty.length > 0) for (const resolve of this.#onEmpty.splice(0)) resolve();
  }

  /** Resolves when there are none. */
  async empty(): Promise<void> {
    if (this.count === 0) return;
    await new Promise<void>((resolve) => {
      this.#onEmpty.push(resolve);
    });
  }

  /** Those that were sent before a moment, by performance.now(), and of which nothing was heard. */
  unansweredSince(before: number): readonly [number, SentJob][] {
    return [...this.#slots.entries()].filter(([, { isAnswered, sentAt }]) => !isAnswered && sentAt <= before);
  }

  /** The latest first. */
  all(): readonly SentJob[] {
    const all = [...this.#slots.entries()].map(([, sent]) => sent);
    return all.reverse().sort((a, b) => b.sentAt - a.sentAt);
  }

  /** Takes out all; the latest first. */
  takeAll(): readonly SentJob[] {
    const all = this.all();
    for (const [id] of [...this.#slots.entries()]) this.end(id);
    return all;
  }
}
