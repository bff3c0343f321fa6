import { hash } from "node:crypto";
import type { WorkerRequest } from "../../protocol/wire/worker.ts";

/** How long a conviction lasts, in milliseconds. */
export const CONVICTED_FOR = 60_000;
/** Maximum number of remembered methods and paths; the oldest are dropped above it. */
export const MAX_CONVICTIONS = 1_000;

/**
 * Methods and paths of requests that are known to crash workers, each remembered for a minute. Long paths are stored as
 * hashes to bound the memory.
 */
export class Convictions {
  /** Expiry by performance.now(), oldest first. */
  readonly #until = new Map<string, number>();

  add(request: WorkerRequest): void {
    const key = keyOf(request);
    this.#until.delete(key);
    this.#until.set(key, performance.now() + CONVICTED_FOR);
    if (this.#until.size > MAX_CONVICTIONS) this.#until.delete(this.#until.keys().next().value as string);
  }

  has(request: Pick<WorkerRequest, "method" | "url">): boolean {
    if (this.#until.size === 0) return false;
    return (this.#until.get(keyOf(request)) ?? 0) > performance.now();
  }

  get size(): number {
    return this.#until.size;
  }
}

/** Longer paths are stored as hashes. In characters. */
const LONG = 256;

function keyOf({ method, url }: Pick<WorkerRequest, "method" | "url">): string {
  const path = pathOf(url);
  return path.length <= LONG ? `${method} ${path}` : `${method} #${hash("sha256", path, "base64")}`;
}

/** The request target without its query. */
export function pathOf(url: string): string {
  const mark = url.indexOf("?");
  return mark < 0 ? url : url.slice(0, mark);
}
