import {
  flagValue,
  leadingOptions,
  needValue,
  type OptionKinds,
  splitWords,
  type Words,
} from "../../protocol/contract/words.ts";
import { GLOBAL_OPTIONS, type Globals, noGlobals } from "./globals.ts";

export interface ParsedWords extends Words {
  readonly globals: Globals;
}

interface Reading {
  readonly kinds?: OptionKinds;
  /** After so many words by place all is data. */
  readonly places?: number;
  /** So many words by place are data whatever they look like, where XyPriss's client wrote the line. */
  readonly texts?: number;
}

/**
 * Reads a command line: the command's words, and the options that every command takes. XyPriss's client is known by its
 * signature; it writes those options before the module and nowhere else.
 */
export function parseWords(
  words: readonly string[],
  { kinds = new Map(), places, texts = 0 }: Reading = {},
): ParsedWords {
  const globals = noGlobals();
  const takeGlobal = (name: string, inline: string | undefined, next: string | undefined) =>
    name in GLOBAL_OPTIONS ? setGlobal(globals, name, inline, next) : undefined;
  const own = words.slice(leadingOptions(words, takeGlobal));
  const style = globals.signed ? { texts } : { takeOther: takeGlobal, ...(places !== undefined && { places }) };
  return { globals, ...splitWords(own, kinds, style) };
}

/** Sets a global option and tells how many of the following words it took. */
function setGlobal(globals: Globals, name: string, inline: string | undefined, next: string | undefined): 0 | 1 {
  const kind = GLOBAL_OPTIONS[name]?.kind;
  if (kind === "flag") {
    globals[name as "json"] = flagValue(name, inline ?? true);
    return 0;
  }
  if (kind === "optional socket") {
    const takesNext = inline === undefined && next !== undefined && /[\\/]/.test(next);
    globals.connect = inline ?? (takesNext ? next : true);
    return takesNext ? 1 : 0;
  }
  const value = inline ?? needValue(name, next);
  if (kind === "text") globals[name as "root"] = value;
  else globals.signed = true;
  return inline === undefined ? 1 : 0;
}
