import { XsysError } from "../../../protocol/errors.ts";
import { clipped, didYouMean } from "../../../protocol/suggest.ts";
import { SERVER_FLAGS } from "./groups.ts";

/** A word that no flag is, as it was written, with the value that came behind it. */
export interface LeftOver {
  readonly word: string;
  readonly value?: string;
}

/**
 * The words by place beyond `server start`: there are none. A flag that XyPriss's client writes and that is not known
 * here is of a client newer than this engine, which then goes without it.
 * @throws UNKNOWN_COMMAND for another action, INVALID_PARAMS for any other word that the client did not write
 */
export function leftOver([, action, ...rest]: readonly string[], signed: boolean): LeftOver[] {
  if (action !== "start") throw noAction(action);
  const [first] = rest;
  if (signed) return inPairs(rest);
  if (first === undefined) return [];
  const [flag = ""] = first.split("=");
  const known = Object.keys(SERVER_FLAGS).map((name) => `--${name}`);
  const problem = first.startsWith("--")
    ? `there is no flag ${clipped(flag)}${didYouMean(flag, known)}`
    : `there is nothing for "${clipped(first)}" to be`;
  throw new XsysError("INVALID_PARAMS", `server start: ${problem}`);
}

function noAction(action: string | undefined): XsysError {
  return action === undefined || action.startsWith("--")
    ? new XsysError("UNKNOWN_COMMAND", "server needs an action: xsys server start")
    : new XsysError("UNKNOWN_COMMAND", `server has no action "${clipped(action)}", only start`);
}

/** A flag with the word behind it, which may be its value. */
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
