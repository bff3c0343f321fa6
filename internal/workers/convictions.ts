import { hash } from "node:crypto";
import type { WorkerRequest } from "../../protocol/wire/worker.ts";

/** Milliseconds that a conviction lasts. */
export const CONVICTED_FOR = 60_000;
/** Methods and paths remembered; beyond it the oldest are forgotten. */
export const MAX_CONVICTIONS = 1_000;

/**
 * Methods and paths of requests that are known to end workers, each for a minute. Long paths are kept as hashes, so that
 * they take no more memory than short ones.
 */
export class Convictions {
  /** When each ends, by performance.now(); the oldest first. */
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

/** Characters of a path beyond which its hash stands for it. */
const LONG = 256;

function keyOf({ method, url }: Pick<WorkerRequest, "method" | "url">): string {
  const path = pathOf(url);
  return path.length <= LONG ? `${method} ${path}` : `${method} #${hash("sha256", path, "base64")}`;
}

/** The target without its query. */
export function pathOf(url: string): string {
  const mark = url.indexOf("?");
  return mark < 0 ? url : url.slice(0, mark);
}
