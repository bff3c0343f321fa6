import { XsysError } from "../../protocol/errors.ts";
import { GLOBAL_OPTIONS, type Globals, noGlobals } from "./globals.ts";

/** What the words of a command line are, before anybody asks what they mean. */
export interface ParsedWords {
  readonly globals: Globals;
  /** Words by place. */
  readonly positionals: readonly string[];
  /** Options of the command by name, as text; true for a bare one. The last one wins. */
  readonly options: ReadonlyMap<string, string | true>;
}

/** Options that a command takes: whether each one needs a value. */
export type OptionKinds = ReadonlyMap<string, "flag" | "value">;

/**
 * Reads a command line as XyPriss's client writes it, which no option parser takes: values are passed raw and without
 * `--`, so a word that begins with a dash and is no option is data (`fs patch f --fast --slow`), and an option that
 * needs a value takes the next word whatever it looks like. `--name=value` and `--` work, too.
 */
export function parseWords(words: readonly string[], kinds: OptionKinds): ParsedWords {
  const globals = noGlobals();
  const positionals: string[] = [];
  const options = new Map<string, string | true>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (word === "--") {
      positionals.push(...words.slice(i + 1));
      break;
    }
    const { name, inline } = splitOption(word);
    const kind = kinds.get(name);
    const isGlobal = kind === undefined && name in GLOBAL_OPTIONS;
    if (!word.startsWith("--") || (kind === undefined && !isGlobal)) positionals.push(word);
    else if (isGlobal) i += setGlobal(globals, name, inline, words[i + 1]);
    else if (kind === "flag") options.set(name, inline ?? true);
    else {
      options.set(name, inline ?? needValue(name, words[i + 1]));
      if (inline === undefined) i++;
    }
  }
  return { globals, positionals, options };
}

function splitOption(word: string): { name: string; inline: string | undefined } {
  const equals = word.indexOf("=");
  if (equals === -1) return { name: word.slice(2), inline: undefined };
  return { name: word.slice(2, equals), inline: word.slice(equals + 1) };
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

function needValue(name: string, next: string | undefined): string {
  if (next !== undefined) return next;
  throw new XsysError("INVALID_PARAMS", `--${name} needs a value`);
}

/** A flag's value: bare, or told as in `--json=false`. */
export function flagValue(name: string, value: string | true): boolean {
  if (value === true || value === "true" || value === "1" || value === "") return true;
  if (value === "false" || value === "0") return false;
  throw new XsysError("INVALID_PARAMS", `--${name} is a flag: it may be =true or =false, not =${value}`);
}
