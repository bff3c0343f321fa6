import { XsysError } from "../errors.ts";

/** The words of a command line, split into positionals and options but not yet interpreted. */
export interface Words {
  /** Positional words. */
  readonly positionals: readonly string[];
  /** Options of the command by name, as text; true for an option without a value. The last one wins. */
  readonly options: ReadonlyMap<string, string | true>;
}

/** Options of a command, and whether each one needs a value. */
export type OptionKinds = ReadonlyMap<string, "flag" | "value">;

/**
 * Handles an option that is not the command's. Returns how many of the following words it used; undefined if unknown.
 */
export type TakeOther = (name: string, inline: string | undefined, next: string | undefined) => number | undefined;

/** How words are read that are not an option of the command. */
export type WordStyle =
  /** As people write them: with other options and `--`; after `places` positional words, all words are data. */
  | { readonly takeOther?: TakeOther; readonly places?: number; readonly texts?: undefined }
  /** As XyPriss's client writes them: the first `texts` words are always data, and so is `--`. */
  | { readonly texts: number; readonly takeOther?: undefined; readonly places?: undefined };

/**
 * Reads words as XyPriss's client writes them, which common option parsers do not accept: values are passed raw and
 * without `--`. So a word that begins with a dash and is not a known option is data (`fs patch f --fast --slow`), and
 * an option that needs a value takes the next word, whatever it is. `--name=value` works, too.
 */
export function splitWords(
  words: readonly string[],
  kinds: OptionKinds,
  { takeOther, places = Number.POSITIVE_INFINITY, texts }: WordStyle = {},
): Words {
  const positionals: string[] = [];
  const options = new Map<string, string | true>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    const full = positionals.length >= places;
    if (full || (word === "--" && texts === undefined)) {
      positionals.push(...words.slice(full ? i : i + 1));
      break;
    }
    const { name, inline } = splitOption(word);
    const isOption = word.startsWith("--") && positionals.length >= (texts ?? 0);
    const kind = isOption ? kinds.get(name) : undefined;
    if (kind === "flag") {
      const value = inline ?? (FLAG_VALUES.has(words[i + 1]) ? words[++i] : undefined);
      options.set(name, value ?? true);
    } else if (kind === "value") {
      options.set(name, inline ?? needValue(name, words[i + 1]));
      if (inline === undefined) i++;
    } else {
      const taken = isOption ? takeOther?.(name, inline, words[i + 1]) : undefined;
      if (taken === undefined) positionals.push(word);
      else i += taken;
    }
  }
  return { positionals, options };
}

/** How many leading words `take` accepts as options and their values. */
export function leadingOptions(words: readonly string[], take: TakeOther): number {
  let count = 0;
  for (let word = words[0]; word?.startsWith("--"); word = words[count]) {
    const { name, inline } = splitOption(word);
    const taken = take(name, inline, words[count + 1]);
    if (taken === undefined) break;
    count += 1 + taken;
  }
  return count;
}

/** Words that a flag takes as its value without `=`: XyPriss's client writes them if its caller passed no boolean. */
const FLAG_VALUES: ReadonlySet<string | undefined> = new Set(["null", "", "true", "false"]);

export function needValue(name: string, next: string | undefined): string {
  if (next !== undefined) return next;
  throw new XsysError("INVALID_PARAMS", `--${name} needs a value`);
}

/** The value of a flag: without a value, or with one as in `--json=false`. */
export function flagValue(name: string, value: string | true): boolean {
  if (value === true || value === "true" || value === "1" || value === "") return true;
  if (value === "false" || value === "0") return false;
  throw new XsysError("INVALID_PARAMS", `--${name} is a flag: it may be =true or =false, not =${value}`);
}

function splitOption(word: string): { name: string; inline: string | undefined } {
  const equals = word.indexOf("=");
  if (equals === -1) return { name: word.slice(2), inline: undefined };
  return { name: word.slice(2, equals), inline: word.slice(equals + 1) };
}
