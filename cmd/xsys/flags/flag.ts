/** The declaration of a command-line option; the parser, messages, help and pages are derived from it. */
export interface Flag<T> {
  readonly summary: string;
  /** A flag can be given without a value; any other option needs one. */
  readonly kind: "flag" | "value";
  /** Kind of value: `milliseconds`, `a,b,…`; empty for a flag. */
  readonly takes: string;
  /** What the value must be; completes the sentence `--name must be …`. */
  readonly mustBe: string;
  /** The allowed values, if they are few. */
  readonly choices?: readonly string[];
  /** The default value, and the text that is shown for it. */
  readonly byDefault: T;
  readonly shownDefault: string;
  /** The option is accepted because XyPriss sends it, but has no effect. */
  readonly noEffect?: true;
  /** Undefined for an invalid value. */
  parse(text: string): T | undefined;
}

export type FlagTable = Readonly<Record<string, Flag<unknown>>>;

/** The values of a table's flags, by name. */
export type Values<F> = { readonly [N in keyof F]: F[N] extends Flag<infer T> ? T : never };

/** The flag as one that XyPriss sends and that has no effect. */
export function withoutEffect<T>(flag: Flag<T>): Flag<T> {
  return { ...flag, noEffect: true, summary: `${flag.summary} (No effect; accepted because XyPriss sends it.)` };
}
