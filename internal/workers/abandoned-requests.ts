import type { WorkerRequest } from "../../protocol/wire/worker.ts";
import type { SentJob } from "./sent-job.ts";

/** Maximum number of remembered requests; the oldest are dropped above it. */
const MAX_REMEMBERED = 100;
/**
 * How long a request is remembered, in milliseconds. A request that crashes a worker does so soon after its client has
 * disconnected, and a hung worker is killed within one ping interval after its requests have timed out.
 */
export const REMEMBERED_FOR = 5_000;

export interface AbandonedRequest {
  readonly request: Pick<WorkerRequest, "method" | "url">;
  /** By performance.now(). */
  readonly sentAt: number;
}

/**
 * Requests that were sent to a worker and are no longer needed, because their client has disconnected or they have
 * timed out. The worker may still process them, and crash on one. Each is remembered until a late response arrives, or
 * for REMEMBERED_FOR.
 */
export class AbandonedRequests {
  readonly #requests = new Map<number, AbandonedRequest & { readonly until: number }>();

  add(id: number, { job: { request }, sentAt }: SentJob): void {
    const { method, url } = request;
    this.#requests.set(id, { request: { method, url }, sentAt, until: performance.now() + REMEMBERED_FOR });
    if (this.#requests.size > MAX_REMEMBERED) this.#requests.delete(this.#requests.keys().next().value as number);
  }

  /** A late response has arrived. */
  delete(id: number): void {
    if (this.#requests.size > 0) this.#requests.delete(id);
  }

  /** Latest first. */
  all(): readonly AbandonedRequest[] {
    if (this.#requests.size === 0) return [];
    const now = performance.now();
    for (const [id, { until }] of this.#requests) if (until <= now) this.#requests.delete(id);
    return [...this.#requests.values()].reverse();
  }
}
