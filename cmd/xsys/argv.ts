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
  /** Number of positional words after which all words are data. */
  readonly places?: number;
  /** Number of positional words that are always data, if XyPriss's client wrote the line. */
  readonly texts?: number;
  /** Called for an option that is neither the command's nor a global one; otherwise it is a positional word. */
  readonly onUnknown?: ((option: string) => never) | undefined;
}

/**
 * Reads a command line: the command's words and the global options. XyPriss's client is recognized by its signature; it
 * writes global options only before the module.
 */
export function parseWords(
  words: readonly string[],
  { kinds = new Map(), places, texts = 0, onUnknown }: Reading = {},
): ParsedWords {
  const globals = noGlobals();
  const takeGlobal = (name: string, inline: string | undefined, next: string | undefined) =>
    name in GLOBAL_OPTIONS ? setGlobal(globals, name, inline, next) : undefined;
  const own = words.slice(leadingOptions(words, takeGlobal));
  const takeOther = (name: string, inline: string | undefined, next: string | undefined) =>
    takeGlobal(name, inline, next) ?? onUnknown?.(`--${name}`);
  const style = globals.signed ? { texts } : { takeOther, ...(places !== undefined && { places }) };
  return { globals, ...splitWords(own, kinds, style) };
}

/** Sets a global option and returns how many of the following words it used. */
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
