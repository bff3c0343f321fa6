/** Lines that Node and Bun print around an error's message: stack, object properties, runtime version. */
const NOISE = new RegExp(
  [
    /^\s*$|^\s+at |^\s*[}\])]|^ {2,}\w+: .*,?$|^ {2,}'.*',?$/,
    /^Emitted 'error' event (?:on .*)?at:$|^\(Use `node |^(?:Node\.js|Bun) v\d/,
    /^-{5} (?:Native|JavaScript) stack trace -{5}$|^ *\d+: 0x[\da-f]+ /,
  ]
    .map(({ source }) => source)
    .join("|"),
);
/** Maximum characters of the quoted line. */
const MAX_LINE = 1_000;

/** Appends the last meaningful line of a process's output to the reason of its end. */
export function withLastLine(reason: string, lines: readonly string[]): string {
  const last = lines.findLast((line) => !isNoise(line));
  return last === undefined ? reason : `${reason}; last output: ${last.trim().slice(0, MAX_LINE)}`;
}

/** Whether a line is not part of an error's message. */
export function isNoise(line: string): boolean {
  return NOISE.test(line);
}
