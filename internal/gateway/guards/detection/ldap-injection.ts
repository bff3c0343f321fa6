import type { Detector, DetectorFactory } from "./detector.ts";

/**
 * Detects values that end the LDAP filter they are inserted into and begin another: `*)(uid=*`. Such a value closes a
 * parenthesis that it has not opened, and opens one right after it. Balanced text, such as code and formulas, does not
 * match.
 */
export const ldapInjection: DetectorFactory = () => detector;

const detector: Detector = (text, place) => {
  if (place !== "query" && place !== "body" && place !== "path") return false;
  if (!text.includes(")(") && !text.includes(")\0")) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "(") depth += 1;
    if (character !== ")") continue;
    depth -= 1;
    if (depth >= 0) continue;
    BREAK_OUT.lastIndex = at;
    if (BREAK_OUT.test(text)) return true;
    depth = 0;
  }
  return false;
};

/** `)(`, then a filter's operators, then `attribute=` or the end of that filter. */
const BREAK_OUT = /\)(?:\0|\([(|&!]*(?:[\w.;-]{1,64}[~<>:]{0,2}=|(?<=[|&!])(?:\)|$)))/y;
