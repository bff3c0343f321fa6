import type { RequestInFlight } from "../../cluster/channel.ts";
import type { Job } from "./job.ts";
import { SentJob } from "./sent-job.ts";
import { Slots } from "./slots.ts";

/** The jobs that a worker was sent and has not answered whole, by the id that it was given for each. */
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

  /** Takes out all. */
  takeAll(): readonly SentJob[] {
    const all = [...this.#slots.entries()];
    for (const [id] of all) this.end(id);
    return all.map(([, sent]) => sent);
  }

  /** The oldest first. */
  describe(): readonly RequestInFlight[] {
    const now = performance.now();
    const all = [...this.#slots.entries()].map(([, { job, sentAt }]) => ({
      method: job.request.method,
      path: job.request.url.split("?", 1)[0] ?? "",
      age: now - sentAt,
    }));
    return all.sort((a, b) => b.age - a.age);
  }
}
