import type { Result } from "../../../../protocol/commands/index.ts";
import { XsysError } from "../../../../protocol/errors.ts";
import type { Configuration } from "./configuration.ts";
import { Filters } from "./filters.ts";
import type { LiteralPattern } from "./matcher.ts";
import { type Seal, sealFor } from "./seal.ts";

interface Rules {
  readonly enabled: boolean;
  readonly filters: Filters;
  readonly perSecond: number;
  readonly seal: Seal | undefined;
}

/** Length of the rate limit's window in milliseconds. */
const WINDOW = 1_000;

/** Filters, prefixes, limits and encrypts console messages by the latest configuration. */
export class Interceptor {
  readonly #now: () => number;
  readonly #byLevel: Record<string, number> = {};
  readonly #suppressed = { by_rate: 0, by_filter: 0 };
  #rules: Rules | undefined;
  #windowStart = Number.NEGATIVE_INFINITY;
  #inWindow = 0;

  /** `now` returns unix milliseconds. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /**
   * Returns the patterns that are taken as literal text. `interceptMethods` is not used here: it only tells the client
   * which methods to intercept, and a message of `console.log` arrives with the level `info`.
   * @throws INVALID_PARAMS or UNSUPPORTED. The previous configuration then remains in effect.
   */
  configure(configuration: Configuration): readonly LiteralPattern[] {
    const { enabled = true, maxInterceptionsPerSecond, encryption } = configuration;
    const filters = new Filters(configuration.filters);
    this.#rules = {
      enabled,
      filters,
      perSecond: maxInterceptionsPerSecond,
      seal: encryption?.enabled === true ? sealFor(encryption) : undefined,
    };
    return filters.literal;
  }

  get isConfigured(): boolean {
    return this.#rules !== undefined;
  }

  /** The message as it is shown. Empty when it is suppressed. */
  intercept(message: string, level: string, worker: number): string {
    const rules = this.#rules;
    if (rules === undefined) {
      throw new XsysError("NOT_FOUND", "console.intercept: not configured; call console.update-config first");
    }
    if (!rules.enabled) return message;
    if (!rules.filters.admit(message, level)) {
      this.#suppressed.by_filter++;
      return "";
    }
    const now = this.#now();
    if (this.#isOverRate(now, rules.perSecond)) {
      this.#suppressed.by_rate++;
      return "";
    }
    const counted = CONSOLE_METHODS.has(level) ? level : "other";
    this.#byLevel[counted] = (this.#byLevel[counted] ?? 0) + 1;
    const short = rules.filters.shortened(message);
    const prefix = `${clockTime(now)} [${rules.filters.categoryOf(message)}][W${worker}]`;
    return `${prefix} ${rules.seal === undefined ? short : rules.seal(short)}`;
  }

  figures(): Result<"console.get-stats"> {
    const intercepted = Object.values(this.#byLevel).reduce((sum, count) => sum + count, 0);
    return { data: { ...this.#byLevel }, intercepted, suppressed: { ...this.#suppressed } };
  }

  #isOverRate(now: number, perSecond: number): boolean {
    // A window also starts when the clock was set back. Otherwise the old window would last until the clock caught up.
    if (now - this.#windowStart >= WINDOW || now < this.#windowStart) {
      this.#windowStart = now;
      this.#inWindow = 0;
    }
    if (this.#inWindow >= perSecond) return true;
    this.#inWindow++;
    return false;
  }
}

/** Levels that are counted by name. Counting any name that a client sends would let the table grow without limit. */
const CONSOLE_METHODS: ReadonlySet<string> = new Set(Object.keys(console));

/** `HH:MM:SS.mmm`, local. */
function clockTime(now: number): string {
  const date = new Date(now);
  const two = (value: number) => String(value).padStart(2, "0");
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${time}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
