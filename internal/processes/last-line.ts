/** What Node and Bun print below an error's message: the stack, the rest of the object, the runtime's version. */
const NOISE = new RegExp(
  [
    /^\s*$|^\s+at |^\s*[}\])]|^ {2,}\w+: .*,?$|^ {2,}'.*',?$/,
    /^Emitted 'error' event (?:on .*)?at:$|^\(Use `node |^(?:Node\.js|Bun) v\d/,
    /^-{5} (?:Native|JavaScript) stack trace -{5}$|^ *\d+: 0x[\da-f]+ /,
  ]
    .map(({ source }) => source)
    .join("|"),
);
/** Characters of a line that are told. */
const MAX_LINE = 1_000;

/** How a process ended, with the last line of its output that says something. */
export function withLastLine(reason: string, lines: readonly string[]): string {
  const last = lines.findLast((line) => !isNoise(line));
  return last === undefined ? reason : `${reason}; the last it printed: ${last.trim().slice(0, MAX_LINE)}`;
}

/** Whether a line is only what surrounds an error's message. */
export function isNoise(line: string): boolean {
  return NOISE.test(line);
}
