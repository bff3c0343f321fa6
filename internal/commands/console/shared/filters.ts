import type { Configuration } from "./configuration.ts";
import { type LiteralPattern, matcherOf } from "./matcher.ts";

/** Decides which console messages are shown, and assigns their categories. */
export class Filters {
  /** Patterns that are not valid regular expressions. */
  readonly literal: readonly LiteralPattern[];
  readonly #minRank: number;
  readonly #maxLength: number;
  readonly #includes: ((message: string) => boolean) | undefined;
  readonly #excludes: ((message: string) => boolean) | undefined;
  readonly #isUserApp: ((message: string) => boolean) | undefined;
  readonly #isSystem: ((message: string) => boolean) | undefined;

  constructor(filters: Configuration["filters"] = {}) {
    const literal: LiteralPattern[] = [];
    this.#minRank = RANKS.get(filters.minLevel ?? "") ?? 0;
    this.#maxLength = filters.maxLength || Number.POSITIVE_INFINITY;
    this.#includes = matcherOf(filters.includePatterns, literal);
    this.#excludes = matcherOf(filters.excludePatterns, literal);
    this.#isUserApp = matcherOf(filters.userAppPatterns, literal);
    this.#isSystem = matcherOf(filters.systemPatterns, literal);
    this.literal = literal;
  }

  /** Whether the message is shown. */
  admit(message: string, level: string): boolean {
    if ((RANKS.get(level) ?? INFO) < this.#minRank) return false;
    return this.#includes?.(message) !== false && this.#excludes?.(message) !== true;
  }

  categoryOf(message: string): "USERAPP" | "SYSTEM" | "OTHER" {
    if (this.#isUserApp?.(message)) return "USERAPP";
    return this.#isSystem?.(message) ? "SYSTEM" : "OTHER";
  }

  /** Truncated to the maximum length, but not within a surrogate pair. */
  shortened(message: string): string {
    if (message.length <= this.#maxLength) return message;
    const last = message.charCodeAt(this.#maxLength - 1);
    return message.slice(0, last >= 0xd800 && last < 0xdc00 ? this.#maxLength - 1 : this.#maxLength);
  }
}

const INFO = 1;
const RANKS = new Map(Object.entries({ trace: 0, debug: 0, log: INFO, info: INFO, warn: 2, error: 3 }));
