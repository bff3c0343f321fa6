import type { Logger } from "../../base/log.ts";

/** Milliseconds in which a kind of warning is logged once. */
const INTERVAL = 10_000;
/** Kinds that are told apart: what names them may come from outside. Those logged latest stay; while all are recent, others are one. */
const MOST_KINDS = 200;

interface Kind {
  readonly key: string;
  loggedAt: number;
  /** Not logged since. */
  more: number;
}

/**
 * Warnings that a client, or a server that is down, can cause thousands of times a second: the first of each kind is logged
 * at once, and then one in ten seconds, with `more`: how many there were in between.
 */
export class BoundedWarnings {
  readonly #log: Logger;
  readonly #interval: number;
  readonly #kinds = new Map<string, Kind>();

  constructor(log: Logger, interval = INTERVAL) {
    this.#log = log;
    this.#interval = interval;
  }

  /** @param name - of the kind. */
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
    this.#kinds.set(kind.key, kind); // the latest last
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

  /** Forgets the kind that was logged longest ago, where that is an interval ago. */
  #hasRoom(): boolean {
    if (this.#kinds.size < MOST_KINDS) return true;
    const [oldest] = this.#kinds.values();
    if (oldest === undefined || performance.now() - oldest.loggedAt < this.#interval) return false;
    return this.#kinds.delete(oldest.key);
  }
}
