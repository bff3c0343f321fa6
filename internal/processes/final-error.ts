import { isNoise } from "./last-line.ts";

/** Lines above the last one that an error's message may span, such as Node's list "Require stack:". */
const MAX_MESSAGE = 40;

/** The first line of an error: `Error: …`, `TypeError [CODE]: …`, `error: …`. */
const HEADER = /^(?:Uncaught )?[\w$.]+(?: \[\w+\])?: \S/;
const STACK = /^\s+at /;
/** Node marks the failed statement with carets above the error. */
const CARETS = /^\s*\^+\s*$/;
/** What a package manager or a shell prints after the program that it ran. */
const BY_LAUNCHER =
  /^npm (?:ERR!|error)| ELIFECYCLE |^error Command failed|^info Visit |^Aborted(?: \(core dumped\))?$|: *\d+ Aborted\b/;

/**
 * The lines of the error that a program printed last: its message, and what is nested in it (its causes), without the
 * stack. Empty where it printed nothing. An earlier error, which the program handled, is not part of it.
 */
export function finalError(lines: readonly string[]): readonly string[] {
  const last = lines.findLastIndex((line) => /^\S/.test(line) && !isNoise(line) && !BY_LAUNCHER.test(line));
  if (last === -1) return lines.filter((line) => !isNoise(line)).slice(-1);
  return lines.slice(startOf(lines, last)).filter((line) => !isNoise(line) && !BY_LAUNCHER.test(line));
}

/** The header of the message whose last line is at `last`; `last` itself where the message has one line. */
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
