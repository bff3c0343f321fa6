import { XsysError } from "./errors.ts";

/** What the words of a command line are, before anybody asks what they mean. */
export interface Words {
  /** Words by place. */
  readonly positionals: readonly string[];
  /** Options of the command by name, as text; true for a bare one. The last one wins. */
  readonly options: ReadonlyMap<string, string | true>;
}

/** Options that a command takes: whether each one needs a value. */
export type OptionKinds = ReadonlyMap<string, "flag" | "value">;

/** Takes an option that is not the command's: how many of the following words it took, or undefined if it is none. */
export type TakeOther = (name: string, inline: string | undefined, next: string | undefined) => number | undefined;

/**
 * Reads words as XyPriss's client writes them, which no option parser takes: values are passed raw and without `--`, so
 * a word that begins with a dash and is no option is data (`fs patch f --fast --slow`), and an option that needs a value
 * takes the next word whatever it looks like. `--name=value` and `--` work, too. After as many words by place as
 * `places` says, what follows is data as well.
 */
export function splitWords(
  words: readonly string[],
  kinds: OptionKinds,
  takeOther: TakeOther = () => undefined,
  places = Number.POSITIVE_INFINITY,
): Words {
  const positionals: string[] = [];
  const options = new Map<string, string | true>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    const full = positionals.length >= places;
    if (full || word === "--") {
      positionals.push(...words.slice(full ? i : i + 1));
      break;
    }
    const { name, inline } = splitOption(word);
    const kind = word.startsWith("--") ? kinds.get(name) : undefined;
    if (kind === "flag") {
      const told = inline ?? (FLAG_VALUES.has(words[i + 1]) ? words[++i] : undefined);
      options.set(name, told ?? true);
    } else if (kind === "value") {
      options.set(name, inline ?? needValue(name, words[i + 1]));
      if (inline === undefined) i++;
    } else {
      const taken = word.startsWith("--") ? takeOther(name, inline, words[i + 1]) : undefined;
      if (taken === undefined) positionals.push(word);
      else i += taken;
    }
  }
  return { positionals, options };
}

/** What a flag takes as its value although no `=` joins them: XyPriss's client writes so when its caller gave no boolean. */
const FLAG_VALUES: ReadonlySet<string | undefined> = new Set(["null", "", "true", "false"]);

export function needValue(name: string, next: string | undefined): string {
  if (next !== undefined) return next;
  throw new XsysError("INVALID_PARAMS", `--${name} needs a value`);
}

/** A flag's value: bare, or told as in `--json=false`. */
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
