import { contractsByName } from "../../../protocol/commands/index.ts";
import type { Contract } from "../../../protocol/contract/command.ts";
import { optionName } from "../../../protocol/contract/params.ts";

/** Rewrites a text of a contract for the terminal. */
export type Prose = <T extends string | undefined>(text: T) => T;

/**
 * Texts of a contract as the terminal shows them: `` `topCpu` `` becomes `` `--top-cpu` ``, `` `fs.encrypt` `` becomes
 * `` `fs encrypt` ``, and single newlines become spaces, because the text is wrapped again.
 */
export function proseOf({ params, positionals = [] }: Pick<Contract, "params" | "positionals">): Prose {
  const byPlace = new Set(positionals.map((name) => name.replace(/\.\.\.$/, "")));
  const isOption = (name: string) => Object.hasOwn(params.properties ?? {}, name) && !byPlace.has(name);
  const word = (quoted: string, name: string) => {
    if (isOption(name)) return `\`--${optionName(name)}\``;
    return contractsByName.has(name) ? quoted.replace(".", " ") : quoted;
  };
  const rewritten = (text: string) => text.replaceAll(/(?<!\n)\n(?!\n)/g, " ").replaceAll(/`([a-z][\w.-]*)`/gi, word);
  return (text) => (text === undefined ? text : (rewritten(text) as typeof text));
}
