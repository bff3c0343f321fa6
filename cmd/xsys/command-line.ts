import type { Contract } from "../../protocol/contract/command.ts";
import { optionName } from "../../protocol/contract/params.ts";

/**
 * The words after `xsys` that call a command with these parameters: module, action, positionals in order, then flags.
 * If a positional begins with a dash, the flags come first and `--` ends them.
 */
export function commandLine({ module, action, positionals = [] }: Contract, params: object): string[] {
  const rest = new Map(Object.entries(params).filter(([, value]) => value !== undefined));
  const words: string[] = [];
  for (const positional of positionals) {
    const name = positional.replace(/\.\.\.$/, "");
    if (!rest.has(name)) break;
    words.push(...wordsOf(rest.get(name)));
    rest.delete(name);
  }
  const flags = [...rest].flatMap(([name, value]) => flagWords(name, value));
  return words.some((word) => word.startsWith("-"))
    ? [module, action, ...flags, "--", ...words]
    : [module, action, ...words, ...flags];
}

/** The command line for a POSIX shell, with `input` piped in if given. */
export function shellLine(contract: Contract, params: object, input?: string): string {
  const line = ["xsys", ...commandLine(contract, params)].map(shellQuote).join(" ");
  return input === undefined ? line : `${printing(input)} | ${line}`;
}

function flagWords(name: string, value: unknown): string[] {
  const flag = `--${optionName(name)}`;
  if (typeof value === "boolean") return value ? [flag] : [];
  return [flag, wordsOf(value).join(",")];
}

function wordsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map((item) =>
    typeof item === "string" ? item : JSON.stringify(item),
  );
}

function shellQuote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * `echo` treats backslashes and dashes differently between shells and always ends the line; otherwise `printf` is used.
 */
function printing(input: string): string {
  const isPlainLine = /^[^-\\\n][^\\\n]*\n$/.test(input);
  return isPlainLine ? `echo ${shellQuote(input.slice(0, -1))}` : `printf %s ${shellQuote(input)}`;
}
