import { XsysError } from "../../../protocol/errors.ts";

/**
 * The words of a command line, by the quotes and backslashes of a shell: `python "my app.py"`. Nothing else of a shell is
 * there; a command that needs one is `sh -c '…'`.
 * @throws INVALID_PARAMS for an open quote, or no word at all
 */
export function splitCommand(line: string): [string, ...string[]] {
  const words: string[] = [];
  for (const [word] of line.matchAll(WORD)) words.push(word.replaceAll(PART, unquoted));
  const [program, ...rest] = words;
  if (program === undefined || line.replaceAll(WORD, "").trim() !== "") {
    throw new XsysError("INVALID_PARAMS", `--worker-command is no program with arguments: ${line}`);
  }
  return [program, ...rest];
}

const WORD = /(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/gs;
const PART = /\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/gs;

function unquoted(part: string, escaped?: string, inDouble?: string, inSingle?: string): string {
  return escaped ?? inDouble?.replaceAll(/\\(["\\])/g, "$1") ?? inSingle ?? part;
}
