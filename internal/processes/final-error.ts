import { isNoise } from "./last-line.ts";

/** Maximum number of lines above the last one that belong to an error message, such as Node's "Require stack:" list. */
const MAX_MESSAGE = 40;

/** The first line of an error: `Error: …`, `TypeError [CODE]: …`, `error: …`. */
const HEADER = /^(?:Uncaught )?[\w$.]+(?: \[\w+\])?: \S/;
const STACK = /^\s+at /;
/** Node marks the failed statement with carets above the error. */
const CARETS = /^\s*\^+\s*$/;
/** Lines that a package manager or a shell prints after the end of its program. */
const BY_LAUNCHER =
  /^npm (?:ERR!|error)| ELIFECYCLE |^error Command failed|^info Visit |^Aborted(?: \(core dumped\))?$|: *\d+ Aborted\b/;

/**
 * Returns the lines of the last error that a program printed: its message and nested causes, without the stack. Empty
 * if it printed nothing. Earlier errors, which the program handled, are not included.
 */
export function finalError(lines: readonly string[]): readonly string[] {
  const last = lines.findLastIndex((line) => /^\S/.test(line) && !isNoise(line) && !BY_LAUNCHER.test(line));
  if (last === -1) return lines.filter((line) => !isNoise(line)).slice(-1);
  return lines.slice(startOf(lines, last)).filter((line) => !isNoise(line) && !BY_LAUNCHER.test(line));
}

/** Returns the index of the header of the message that ends at `last`; `last` itself for a message of one line. */
function startOf(lines: readonly string[], last: number): number {
  const hasStack =
    lines
      .slice(last + 1)
      .find((line) => !/^\s*$/.test(line))
      ?.match(STACK) != null;
  if (!hasStack) return last;
  for (let at = last; at >= Math.max(0, last - MAX_MESSAGE); at--) {
    const line = lines[at] ?? "";
    if (HEADER.test(line)) return at;
    if (STACK.test(line) || CARETS.test(line)) break;
  }
  return last;
}
