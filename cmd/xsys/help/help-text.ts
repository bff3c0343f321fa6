import { contracts, contractsByName } from "../../../protocol/commands/index.ts";
import type { Contract } from "../../../protocol/contract/command.ts";
import { XsysError } from "../../../protocol/errors.ts";
import { didYouMean } from "../../../protocol/suggest.ts";
import { ACTIONS, MODULES, type ModuleName, WORDS } from "../words.ts";
import { commandHelp } from "./command-help.ts";
import type { HelpStyle } from "./layout.ts";
import { moduleHelp, overviewHelp } from "./overview-help.ts";
import { flagGroupsOf } from "./word-flags.ts";
import { wordHelp } from "./word-help.ts";

/**
 * Help for the words after `xsys`: none, a module, a command, or a word such as `serve`. Ends with a line end.
 * @throws UNKNOWN_COMMAND
 */
export async function helpText([first, action]: readonly string[], style: HelpStyle): Promise<string> {
  if (first === undefined) return overviewHelp(style);
  const word = Object.hasOwn(WORDS, first) ? WORDS[first] : undefined;
  if (word?.command) return commandHelp(contractOf(word.command), style, word.usage);
  if (word) return wordHelp(word, style, flagGroupsOf(first));
  const own = ACTIONS[`${first} ${action}`];
  if (own) return wordHelp(own, style);
  if (!Object.hasOwn(MODULES, first)) throw unknown(first, [...Object.keys(MODULES), ...Object.keys(WORDS)]);
  if (action === undefined) return moduleHelp(first as ModuleName, style);
  return commandHelp(contractOf(`${first}.${action}`), style);
}

function contractOf(name: string): Contract {
  const contract = contractsByName.get(name);
  if (contract) return contract;
  const module = name.slice(0, name.indexOf("."));
  throw unknown(
    name,
    contracts.filter((known) => known.module === module).map((known) => known.name),
  );
}

function unknown(name: string, known: readonly string[]): XsysError {
  return new XsysError("UNKNOWN_COMMAND", `there is no command "${name}"${didYouMean(name, known)}`, {
    details: { command: name },
  });
}
