import { RE2JS } from "re2js";

/** Number of characters of a message that patterns are matched against. */
const MATCHED = 4_096;

/** A pattern that is not a valid regular expression, and is taken as literal text. */
export interface LiteralPattern {
  readonly pattern: string;
  /** Why it is not valid. */
  readonly reason: string;
}

/**
 * Returns a function that tells whether one of the patterns matches. Undefined without patterns. The patterns are the
 * caller's and run on the event loop for every message. So they are compiled with RE2, whose time is linear in the
 * length of the message: `(a+)+$` takes 0.8 ms on the longest message, where JavaScript's engine practically never
 * returns. (A thread with a time limit would cost 0.1 ms per message, and a fully used core for each message over the
 * limit.) RE2 is also the syntax that XyPriss users write. Patterns that are taken as literal text are added to
 * `literal`.
 */
export function matcherOf(
  patterns: readonly unknown[] = [],
  literal: LiteralPattern[] = [],
): ((message: string) => boolean) | undefined {
  // JSON serializes a RegExp as {}.
  const texts = patterns.filter((pattern) => typeof pattern === "string");
  if (texts.length === 0) return undefined;
  const expressions = texts.map((pattern) => {
    const compiled = compile(pattern);
    if (compiled instanceof RE2JS) return compiled;
    literal.push({ pattern, reason: compiled.reason });
    return RE2JS.compile(RE2JS.quote(pattern), RE2JS.CASE_INSENSITIVE);
  });
  return (message) => {
    const text = message.slice(0, MATCHED);
    return expressions.some((expression) => expression.matcher(text).find());
  };
}

/** Compiles RE2 syntax or, if that fails, JavaScript syntax, which has different escapes. */
function compile(pattern: string): RE2JS | { readonly reason: string } {
  let reason = "";
  for (const spell of [(text: string) => text, RE2JS.translateRegExp]) {
    try {
      return RE2JS.compile(spell(pattern), RE2JS.CASE_INSENSITIVE);
    } catch (error) {
      reason ||= (error as Error).message;
    }
  }
  return { reason };
}
