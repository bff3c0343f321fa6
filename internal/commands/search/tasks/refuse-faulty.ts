import { XsysError } from "../../../../protocol/errors.ts";

/** Characters of a pattern in which the place of a fault is looked for: the worst of 2,048 take 200 ms. */
const LONGEST_LOOKED_INTO = 2_048;

/**
 * To be called in a task: the engine takes 0.3 s for the worst patterns of 64 KiB.
 * @param advice - what the caller may do instead, to end the message
 * @throws INVALID_PARAMS when a pattern is no regular expression, with the reason and the place
 */
export function refuseFaulty(command: string, pattern: string, advice = ""): void {
  const reason = faultOf(pattern);
  if (reason === undefined) return;
  const offset = pattern.length > LONGEST_LOOKED_INTO ? undefined : placeOfFault(pattern);
  const place = offset === undefined ? "" : ` at offset ${offset}`;
  throw new XsysError("INVALID_PARAMS", `${command}: pattern is not a regular expression: ${reason}${place}${advice}`, {
    details: { pattern, ...(offset !== undefined && { offset }) },
  });
}

/** Why the engine does not take a pattern. */
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
 * The end of the longest beginning that is an expression, as the engine does not tell the place: of an open bracket its
 * own place, of a quantifier behind nothing the quantifier's.
 */
function placeOfFault(pattern: string): number {
  let end = pattern.length - 1;
  while (end > 0 && faultOf(pattern.slice(0, end)) !== undefined) end--;
  return end;
}
