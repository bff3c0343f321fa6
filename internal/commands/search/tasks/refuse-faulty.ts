import { XsysError } from "../../../../protocol/errors.ts";

/**
 * Longest pattern, in characters, in which the position of a syntax error is searched for. The worst patterns of this
 * length take 200 ms.
 */
const MAX_LOCATED = 2_048;

/**
 * Call this only in a task: the engine takes 0.3 s for the worst patterns of 64 KiB.
 * @param advice - appended to the message: what the caller may do instead
 * @throws INVALID_PARAMS for an invalid regular expression, with the reason and the position
 */
export function refuseFaulty(command: string, pattern: string, advice = ""): void {
  const reason = faultOf(pattern);
  if (reason === undefined) return;
  const offset = pattern.length > MAX_LOCATED ? undefined : offsetOfFault(pattern);
  const place = offset === undefined ? "" : ` at offset ${offset}`;
  const message = `${command}: pattern is not a valid regular expression: ${reason}${place}${advice}`;
  throw new XsysError("INVALID_PARAMS", message, {
    details: { pattern, ...(offset !== undefined && { offset }) },
  });
}

/** The engine's reason for rejecting a pattern. */
export function faultOf(pattern: string): string | undefined {
  try {
    new RegExp(pattern);
    return undefined;
  } catch (error) {
    const { message } = error as Error; // "Invalid regular expression: /(/: Unterminated group"
    return message.slice(message.lastIndexOf("/: ") + 3);
  }
}

/**
 * Length of the longest valid prefix, because the engine does not report the position of an error. For an unclosed
 * bracket this is the position of the bracket; for a quantifier with nothing to repeat, that of the quantifier.
 */
function offsetOfFault(pattern: string): number {
  let end = pattern.length - 1;
  while (end > 0 && faultOf(pattern.slice(0, end)) !== undefined) end--;
  return end;
}
