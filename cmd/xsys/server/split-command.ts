import { XsysError } from "../../../protocol/errors.ts";

/**
 * Splits a command line into words, with quotes and backslashes as in a shell: `python "my app.py"`. No other shell
 * syntax is supported; a command that needs it is written as `sh -c '…'`.
 * @throws INVALID_PARAMS for an unclosed quote or an empty line
 */
export function splitCommand(line: string): [string, ...string[]] {
  const words: string[] = [];
  for (const [word] of line.matchAll(WORD)) words.push(word.replaceAll(PART, unquoted));
  const [program, ...rest] = words;
  if (program === undefined || line.replaceAll(WORD, "").trim() !== "") {
    throw new XsysError("INVALID_PARAMS", `--worker-command is not a program with arguments: ${line}`);
  }
  return [program, ...rest];
}

const WORD = /(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/gs;
const PART = /\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/gs;

function unquoted(part: string, escaped?: string, inDouble?: string, inSingle?: string): string {
  return escaped ?? inDouble?.replaceAll(/\\(["\\])/g, "$1") ?? inSingle ?? part;
}
