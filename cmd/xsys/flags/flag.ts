/** One option of the command line that is declared once: parser, messages, help and pages come of it. */
export interface Flag<T> {
  readonly summary: string;
  /** A flag may stand bare; any other needs a value. */
  readonly kind: "flag" | "value";
  /** What the value is: `milliseconds`, `a,b,…`; empty for a flag. */
  readonly takes: string;
  /** What it must be, to end the sentence `--name must be …`. */
  readonly mustBe: string;
  /** The values there are, where they are few. */
  readonly choices?: readonly string[];
  /** What it is when it is not given, and that in words. */
  readonly byDefault: T;
  readonly shownDefault: string;
  /** It is taken because XyPriss sends it, and changes nothing here. */
  readonly noEffect?: true;
  /** Undefined for a text that is no such value. */
  parse(text: string): T | undefined;
}

export type FlagTable = Readonly<Record<string, Flag<unknown>>>;

/** What the flags of a table are, by name. */
export type Values<F> = { readonly [N in keyof F]: F[N] extends Flag<infer T> ? T : never };

/** The flag, which XyPriss sends and which changes nothing here. */
export function withoutEffect<T>(flag: Flag<T>): Flag<T> {
  return { ...flag, noEffect: true, summary: `${flag.summary} (Taken as XyPriss sends it; has no effect here.)` };
}
