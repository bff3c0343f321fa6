import { refuseFaulty } from "./refuse-faulty.ts";

import { requiredText } from "./required-text.ts";

export interface LinePattern {
  readonly pattern: string;
  readonly literal: boolean;
  readonly ignoreCase: boolean;
}

export interface LineMatcher {
  matches(line: string): boolean;
  /** What a block of lines holds when one of them matches: to be looked for before the block is taken apart. */
  readonly needle: Buffer | undefined;
}

const SYNTAX = /[\\^$.*+?()[\]{}|]/g;

/** A pattern that has no syntax in it is literal text. @throws INVALID_PARAMS for one that does not compile */
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

/** With the `u` flag, or without it where older syntax such as `\-` asks for that. */
function compiled(pattern: string, flags: string): RegExp {
  try {
    return new RegExp(pattern, `${flags}u`);
  } catch {
    refuseFaulty("search.grep", pattern, "; with --literal it is taken as text");
    return new RegExp(pattern, flags);
  }
}
