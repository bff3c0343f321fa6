import { XsysError } from "../../../protocol/errors.ts";
import { clipped, didYouMean } from "../../../protocol/suggest.ts";
import { SERVER_FLAGS } from "./groups.ts";

/** A word that is not a known flag, as written, with the value that followed it. */
export interface LeftOver {
  readonly word: string;
  readonly value?: string;
}

/**
 * The words after `server start` that are not known flags. If XyPriss's client wrote them, they are flags of a newer
 * client and are ignored; otherwise they are refused.
 * @throws UNKNOWN_COMMAND for another action, INVALID_PARAMS for an unknown word that XyPriss's client did not write
 */
export function leftOver([, action, ...rest]: readonly string[], signed: boolean): LeftOver[] {
  if (action !== "start") throw noAction(action);
  const [first] = rest;
  if (signed) return inPairs(rest);
  if (first === undefined) return [];
  const [flag = ""] = first.split("=");
  const known = Object.keys(SERVER_FLAGS).map((name) => `--${name}`);
  const problem = first.startsWith("--")
    ? `unknown flag ${clipped(flag)}${didYouMean(flag, known)}`
    : `unexpected argument "${clipped(first)}"`;
  throw new XsysError("INVALID_PARAMS", `server start: ${problem}`);
}

function noAction(action: string | undefined): XsysError {
  return action === undefined || action.startsWith("--")
    ? new XsysError("UNKNOWN_COMMAND", "server needs an action: xsys server start")
    : new XsysError("UNKNOWN_COMMAND", `server has no action "${clipped(action)}", only start`);
}

/** Each flag, with the following word if that may be its value. */
function inPairs(words: readonly string[]): LeftOver[] {
  const found: LeftOver[] = [];
  for (let i = 0; i < words.length; i++) {
    const [word = "", next] = words.slice(i);
    const hasValue = word.startsWith("--") && !word.includes("=") && next !== undefined && !next.startsWith("--");
    found.push(hasValue ? { word, value: next } : { word });
    if (hasValue) i++;
  }
  return found;
}
