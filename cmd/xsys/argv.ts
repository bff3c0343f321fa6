import { flagValue, needValue, type OptionKinds, splitWords, type Words } from "../../protocol/words.ts";
import { GLOBAL_OPTIONS, type Globals, noGlobals } from "./globals.ts";

export interface ParsedWords extends Words {
  readonly globals: Globals;
}

/** Reads a command line: the command's words, and the options that every command takes. */
export function parseWords(words: readonly string[], kinds: OptionKinds, places?: number): ParsedWords {
  const globals = noGlobals();
  const takeGlobal = (name: string, inline: string | undefined, next: string | undefined) =>
    name in GLOBAL_OPTIONS ? setGlobal(globals, name, inline, next) : undefined;
  return { globals, ...splitWords(words, kinds, takeGlobal, places) };
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
  return inline === undefined ? 1 : 0;
}
