import type { WorkerRequest } from "../../protocol/wire/worker.ts";
import type { SentJob } from "./sent-job.ts";

/** Requests remembered at the most, the latest ones. */
const MAX_REMEMBERED = 100;
/**
 * Milliseconds that one is remembered: what ends a worker does so soon after its client has gone, and a worker that hangs
 * is ended within a ping's interval after its requests have expired.
 */
export const REMEMBERED_FOR = 5_000;

export interface AbandonedRequest {
  readonly request: Pick<WorkerRequest, "method" | "url">;
  /** By performance.now(). */
  readonly sentAt: number;
}

/**
 * Requests that a worker was sent and that nobody waits for any more, as their client has gone or their time is over. The
 * worker may still work on them, and end by one. They are remembered until a late answer comes, or for a while.
 */
export class AbandonedRequests {
  readonly #requests = new Map<number, AbandonedRequest & { readonly until: number }>();

  add(id: number, { job: { request }, sentAt }: SentJob): void {
    const { method, url } = request;
    this.#requests.set(id, { request: { method, url }, sentAt, until: performance.now() + REMEMBERED_FOR });
    if (this.#requests.size > MAX_REMEMBERED) this.#requests.delete(this.#requests.keys().next().value as number);
  }

  /** It was answered after all. */
  delete(id: number): void {
    if (this.#requests.size > 0) this.#requests.delete(id);
  }

  /** The latest first. */
  all(): readonly AbandonedRequest[] {
    if (this.#requests.size === 0) return [];
    const now = performance.now();
    for (const [id, { until }] of this.#requests) if (until <= now) this.#requests.delete(id);
    return [...this.#requests.values()].reverse();
  }
}
