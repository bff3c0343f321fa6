import { RE2JS } from "re2js";
import { XsysError } from "../../../protocol/errors.ts";

/** Characters of a line that an expression is matched against. */
const MATCHED = 65_536;

/**
 * Compiles a caller's regular expression with RE2, whose time is linear in the length of the line: it runs on the event
 * loop, for every line. JavaScript's syntax is accepted too, except for what RE2 cannot match, such as `(?=…)` and `\1`.
 * @throws INVALID_PARAMS
 */
export function expression(pattern: string, ignoreCase: boolean): (line: string) => boolean {
  const compiled = compile(pattern, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  return (line) => compiled.matcher(line.slice(0, MATCHED)).find();
}

function compile(pattern: string, flags: number): RE2JS {
  try {
    return RE2JS.compile(RE2JS.translateRegExp(pattern), flags);
  } catch (cause) {
    const message = `the pattern ${pattern} is not a regular expression: ${(cause as Error).message}`;
    throw new XsysError("INVALID_PARAMS", message, { details: { pattern }, cause });
  }
}
