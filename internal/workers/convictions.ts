import { hash } from "node:crypto";
import type { WorkerRequest } from "../../protocol/wire/worker.ts";

/** How long a conviction lasts, in milliseconds. */
export const CONVICTED_FOR = 60_000;
/** Maximum number of remembered methods and paths; the oldest are dropped above it. */
export const MAX_CONVICTIONS = 1_000;

/** A method and path, and the milliseconds for which it stays convicted. */
export interface Conviction {
  readonly key: string;
  readonly left: number;
}

/**
 * Methods and paths of requests that are known to crash workers, each remembered for a minute. Long paths are stored as
 * hashes to bound the memory.
 */
export class Convictions {
  /** Expiry by performance.now(), oldest first. */
  readonly #until = new Map<string, number>();
  readonly #onAdded: (conviction: Conviction) => void;

  /** `onAdded` is called with each request that is added. */
  constructor(onAdded: (conviction: Conviction) => void = () => {}) {
    this.#onAdded = onAdded;
  }

  add(request: Pick<WorkerRequest, "method" | "url">): void {
    const conviction = { key: keyOf(request), left: CONVICTED_FOR };
    this.put(conviction);
    this.#onAdded(conviction);
  }

  /** Adds a conviction from the `all` of another process. */
  put({ key, left }: Conviction): void {
    this.#until.delete(key);
    this.#until.set(key, performance.now() + left);
    if (this.#until.size > MAX_CONVICTIONS) this.#until.delete(this.#until.keys().next().value as string);
  }

  has(request: Pick<WorkerRequest, "method" | "url">): boolean {
    if (this.#until.size === 0) return false;
    return (this.#until.get(keyOf(request)) ?? 0) > performance.now();
  }

  /** Oldest first. */
  all(): readonly Conviction[] {
    const now = performance.now();
    return [...this.#until].flatMap(([key, until]) => (until > now ? { key, left: until - now } : []));
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
