/** What Node prints below an error's message: the stack, the rest of the object, its version. */
const SAYS_NOTHING = /^\s*$|^\s+at |^\s*[}\])]|^ {2,}\w+: .*,?$|^\(Use `node |^Node\.js v\d/;
/** Characters of a line that are told. */
const MAX_LINE = 1_000;

/** How a process ended, with the last line of its output that says something. */
export function withLastWords(reason: string, lines: readonly string[]): string {
  const last = lines.findLast((line) => !SAYS_NOTHING.test(line));
  return last === undefined ? reason : `${reason}; the last it printed: ${last.trim().slice(0, MAX_LINE)}`;
}
