import { type ParsedWords, parseWords } from "./argv.ts";

/** `terminal`, `run` and the program; all words after them belong to the program. */
const PLACES = 3;

export function terminalRunWords(words: readonly string[]): ParsedWords {
  return parseWords(words, { places: PLACES });
}

/** Whether the words are `xsys terminal run`, without `--help` or `--version`. */
export function isTerminalRun(words: readonly string[]): boolean {
  if (!words.includes("terminal") || !words.includes("run")) return false;
  const { globals, positionals } = terminalRunWords(words);
  return positionals[0] === "terminal" && positionals[1] === "run" && !globals.help && !globals.version;
}
