import { refuseFaulty } from "./refuse-faulty.ts";

import { requiredText } from "./required-text.ts";

export interface LinePattern {
  readonly pattern: string;
  readonly literal: boolean;
  readonly ignoreCase: boolean;
}

export interface LineMatcher {
  matches(line: string): boolean;
  /** Text that every matching block of lines contains. It is searched for before the block is split into lines. */
  readonly needle: Buffer | undefined;
}

const SYNTAX = /[\\^$.*+?()[\]{}|]/g;

/**
 * A pattern without regular expression syntax is treated as literal text.
 * @throws INVALID_PARAMS for a pattern that does not compile
 */
export function lineMatcher({ pattern, literal, ignoreCase }: LinePattern): LineMatcher {
  const expression = literal || pattern.search(SYNTAX) < 0 ? undefined : compiled(pattern, ignoreCase ? "i" : "");
  if (expression !== undefined) {
    const needle = ignoreCase ? undefined : asNeedle(requiredText(pattern));
    return { matches: (line) => expression.test(line), needle };
  }
  if (ignoreCase) {
    const text = new RegExp(pattern.replace(SYNTAX, "\\$&"), "i");
    return { matches: (line) => text.test(line), needle: undefined };
  }
  return { matches: (line) => line.includes(pattern), needle: asNeedle(pattern) };
}

function asNeedle(text: string): Buffer | undefined {
  return text === "" ? undefined : Buffer.from(text);
}

/** Compiles with the `u` flag, or without it if the pattern uses older syntax such as `\-`. */
function compiled(pattern: string, flags: string): RegExp {
  try {
    return new RegExp(pattern, `${flags}u`);
  } catch {
    refuseFaulty("search.grep", pattern, "; use --literal to search for it as text");
    return new RegExp(pattern, flags);
  }
}
