import { contracts, contractsByName } from "../../../protocol/commands/index.ts";
import type { Contract } from "../../../protocol/contract/command.ts";
import { isFlag, optionName } from "../../../protocol/contract/params.ts";
import type { JsonSchema } from "../../../protocol/contract/schema.ts";
import type { Flag } from "../flags/flag.ts";
import { GLOBAL_OPTIONS } from "../globals.ts";
import { itemsOf } from "../print/shape.ts";
import { ACTIONS, MODULES, WORDS, type Word } from "../words.ts";
import { flagsOf } from "./word-flags.ts";

/**
 * Candidates for the last of the words after `xsys`: modules, actions, flags, and values from a fixed set. Empty where
 * any value is allowed, so that the shell offers files.
 */
export function complete(words: readonly string[]): string[] {
  const partial = words.at(-1) ?? "";
  return candidates(settledBy(words.slice(0, -1)), partial).filter((candidate) => candidate.startsWith(partial));
}

/** What the words before the partial one determine. */
interface Settled {
  /** Positional words: module and action, or another first word, and what follows. */
  readonly placed: readonly string[];
  /** Options given so far. */
  readonly given: ReadonlySet<string>;
  /** The allowed values, if the partial word is the value of an option. */
  readonly values?: readonly string[];
  /** True after `--`. */
  readonly optionsEnded?: boolean;
}

/** The value of an option: none, an optional socket path, or a required value (one of those listed, if any). */
type Takes = "nothing" | "maybe a path" | readonly string[];

function settledBy(words: readonly string[]): Settled {
  const placed: string[] = [];
  const given = new Set<string>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (word === "--") return { placed: [...placed, ...words.slice(i + 1)], given, optionsEnded: true };
    const takes = optionsAfter(placed).get(word);
    if (takes === undefined) placed.push(word);
    else {
      given.add(word);
      const takesNext = takes === "maybe a path" ? /[\\/]/.test(words[i + 1] ?? "") : takes !== "nothing";
      if (takesNext) i++;
      if (i === words.length) return { placed, given, values: takes as readonly string[] };
    }
  }
  return { placed, given };
}

function candidates({ placed, given, values, optionsEnded }: Settled, partial: string): readonly string[] {
  if (values !== undefined) return values;
  if (partial.startsWith("-") && !optionsEnded) {
    return [...optionsAfter(placed).keys()].filter((option) => !given.has(option));
  }
  const [first, ...others] = placed;
  if (first === undefined) return [...Object.keys(MODULES), ...Object.keys(WORDS)];
  const contract = contractAfter(placed);
  if (contract) return placeValues(contract, wordAfter(placed) ? others.length : others.length - 1);
  if (others.length > 0) return [];
  return wordAfter(placed)?.choices ?? actionsOf(first);
}

function actionsOf(module: string): string[] {
  const own = Object.keys(ACTIONS).filter((name) => name.startsWith(`${module} `));
  return [
    ...contracts.filter((contract) => contract.module === module).map(({ action }) => action),
    ...own.map((name) => name.slice(module.length + 1)),
  ];
}

/** The options that may follow. A command's own option takes precedence over a global one of the same name. */
function optionsAfter(placed: readonly string[]): ReadonlyMap<string, Takes> {
  const { properties = {} } = contractAfter(placed)?.params ?? {};
  return new Map<string, Takes>([
    ...Object.entries(properties).map(([name, schema]) => [`--${optionName(name)}`, takenBy(schema)] as const),
    ...Object.entries(flagsOf(placed[0])).map(([name, flag]) => [`--${name}`, takenByFlag(flag)] as const),
    ...globalOptions.filter(([option]) => !Object.hasOwn(properties, option.slice("--".length))),
  ]);
}

const globalOptions = Object.entries(GLOBAL_OPTIONS)
  .filter(([, { kind }]) => kind !== "ignored text")
  .map(([name, { kind }]): [string, Takes] => {
    if (kind === "flag") return [`--${name}`, "nothing"];
    return [`--${name}`, kind === "optional socket" ? "maybe a path" : []];
  });

function contractAfter(placed: readonly string[]): Contract | undefined {
  const [first = "", action = ""] = placed;
  return contractsByName.get(wordAfter(placed)?.command ?? `${first}.${action}`);
}

function wordAfter([first = ""]: readonly string[]): Word | undefined {
  return Object.hasOwn(WORDS, first) ? WORDS[first] : undefined;
}

/** Values of the positional at a place; of the last one if it takes all remaining words. */
function placeValues({ positionals = [], params }: Contract, place: number): readonly string[] {
  const last = positionals.at(-1);
  const positional = positionals[place] ?? (last?.endsWith("...") ? last : undefined);
  return positional === undefined ? [] : valuesOf(params.properties?.[positional.replace(/\.\.\.$/, "")]);
}

function takenByFlag({ kind, choices = [] }: Flag<unknown>): Takes {
  return kind === "flag" ? "nothing" : choices;
}

function takenBy(schema: JsonSchema): Takes {
  return isFlag(schema) ? "nothing" : valuesOf(schema);
}

function valuesOf(schema: JsonSchema = {}): readonly string[] {
  return (schema.enum ?? itemsOf(schema)?.enum ?? []).map(String);
}
