import { RE2JS } from "re2js";

/** Characters of a message that patterns see. */
const SEEN = 4_096;

/** A pattern that is no expression, and is taken as literal text. */
export interface LiteralPattern {
  readonly pattern: string;
  /** Why it is none. */
  readonly reason: string;
}

/**
 * Whether one of the patterns matches; undefined when there is none. They are the caller's and run on the event loop for
 * every message, so they are RE2's, whose time is linear in the message: `(a+)+$` takes 0.8 ms on the longest, where
 * JavaScript's own engine does not come back. (A thread with a time limit for each message costs 0.1 ms, and a burnt
 * core for each one that runs over.) It is the syntax that XyPriss's users write for, too. Those that are taken as literal
 * text are added to `literal`.
 */
export function matcherOf(
  patterns: readonly unknown[] = [],
  literal: LiteralPattern[] = [],
): ((message: string) => boolean) | undefined {
  // A RegExp comes out of JSON as {}.
  const texts = patterns.filter((pattern) => typeof pattern === "string");
  if (texts.length === 0) return undefined;
  const expressions = texts.map((pattern) => {
    const compiled = compile(pattern);
    if (compiled instanceof RE2JS) return compiled;
    literal.push({ pattern, reason: compiled.reason });
    return RE2JS.compile(RE2JS.quote(pattern), RE2JS.CASE_INSENSITIVE);
  });
  return (message) => {
    const seen = message.slice(0, SEEN);
    return expressions.some((expression) => expression.matcher(seen).find());
  };
}

/** As RE2 has it, or else as JavaScript does, which writes some escapes in its own way. */
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
