import type { Logger } from "../../base/log.ts";

/** Milliseconds between two log messages of one kind. */
const INTERVAL = 10_000;
/**
 * Maximum number of kinds, as their names may come from outside. The least recently logged kind is dropped; while all
 * are recent, further names share one kind.
 */
const MOST_KINDS = 200;

interface Kind {
  readonly key: string;
  loggedAt: number;
  /** Warnings suppressed since then. */
  more: number;
}

/**
 * Rate-limits warnings that a client, or a failed server, can cause thousands of times per second. The first of each
 * kind is logged at once, then at most one every ten seconds, with the number of suppressed ones as `more`.
 */
export class BoundedWarnings {
  readonly #log: Logger;
  readonly #interval: number;
  readonly #kinds = new Map<string, Kind>();

  constructor(log: Logger, interval = INTERVAL) {
    this.#log = log;
    this.#interval = interval;
  }

  /** @param name - name of the kind */
  warn(name: string, fields: object, message: string): void {
    const kind = this.#kind(name);
    const now = performance.now();
    if (now - kind.loggedAt < this.#interval) {
      kind.more += 1;
      return;
    }
    const { more } = kind;
    kind.loggedAt = now;
    kind.more = 0;
    this.#kinds.delete(kind.key);
    this.#kinds.set(kind.key, kind); // moved to the end: ordered by time
    this.#log.warn(more === 0 ? fields : { ...fields, more }, message);
  }

  #kind(name: string): Kind {
    const key = this.#kinds.has(name) || this.#hasRoom() ? name : "";
    let kind = this.#kinds.get(key);
    if (kind === undefined) {
      kind = { key, loggedAt: Number.NEGATIVE_INFINITY, more: 0 };
      this.#kinds.set(key, kind);
    }
    return kind;
  }

  /** Drops the least recently logged kind if that was more than an interval ago. */
  #hasRoom(): boolean {
    if (this.#kinds.size < MOST_KINDS) return true;
    const [oldest] = this.#kinds.values();
    if (oldest === undefined || performance.now() - oldest.loggedAt < this.#interval) return false;
    return this.#kinds.delete(oldest.key);
  }
}
