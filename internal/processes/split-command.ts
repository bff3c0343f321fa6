import { XsysError } from "../../protocol/errors.ts";

/**
 * Splits a command line into words, with quotes and backslashes as in a shell: `python "my app.py"`. No other shell
 * syntax is supported; a command that needs it is written as `sh -c '…'`. `name` is what the line is called in errors.
 * @throws INVALID_PARAMS for an unclosed quote or an empty line
 */
export function splitCommand(line: string, name = "the command"): [string, ...string[]] {
  const [program, ...rest] = splitWords(line) ?? [];
  if (program !== undefined) return [program, ...rest];
  throw new XsysError("INVALID_PARAMS", `${name} is not a program with arguments: ${line}`);
}

/** The words of a line, which may have none; undefined for an unclosed quote. */
export function splitWords(line: string): string[] | undefined {
  const words: string[] = [];
  for (const [word] of line.matchAll(WORD)) words.push(word.replaceAll(PART, unquoted));
  return line.replaceAll(WORD, "").trim() === "" ? words : undefined;
}

const WORD = /(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/gs;
const PART = /\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/gs;

function unquoted(part: string, escaped?: string, inDouble?: string, inSingle?: string): string {
  return escaped ?? inDouble?.replaceAll(/\\(["\\])/g, "$1") ?? inSingle ?? part;
}
