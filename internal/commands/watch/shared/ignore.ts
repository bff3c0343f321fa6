import { relative, sep } from "node:path";
import picomatch from "picomatch";
import { XsysError } from "../../../../protocol/errors.ts";

/** A pattern's cost grows with a name's length to the power of its stars: these stay below a millisecond. */
const MAX_STARS = 4;

/** Whether a path below a root is left out. */
export type Ignore = (root: string, path: string) => boolean;

interface Rule {
  /** `!`: takes back what a rule before it left out. */
  readonly keeps: boolean;
  readonly matches: (below: string, path: string) => boolean;
}

/**
 * Patterns, written as in .gitignore, as one question. The last one that matches counts. Extended globs are taken
 * literally: `+(a|aa)*` could hold the event loop up for ever.
 */
export function ignoring(patterns: readonly string[]): Ignore {
  const rules = patterns.map(ruleOf).filter((rule) => rule !== undefined);
  if (rules.length === 0) return () => false;
  return (root, path) => {
    const below = withSlashes(relative(root, path));
    let isIgnored = false;
    for (const { keeps, matches } of rules) if (keeps === isIgnored && matches(below, path)) isIgnored = !keeps;
    return isIgnored;
  };
}

/** Undefined for a pattern that names nothing, such as an empty line. */
function ruleOf(pattern: string): Rule | undefined {
  const keeps = pattern.startsWith("!");
  const glob = normalized(keeps ? pattern.slice(1) : pattern);
  if (glob === "") return undefined;
  refuseManyStars(pattern);
  if (!glob.startsWith("/")) {
    const isMatch = picomatch(glob, { ...OPTIONS, basename: !glob.includes("/") });
    return { keeps, matches: (below) => isMatch(below) };
  }
  const isBelow = picomatch(glob.slice(1), OPTIONS);
  const isAbsolute = picomatch(glob, OPTIONS);
  return { keeps, matches: (below, path) => isBelow(below) || isAbsolute(withSlashes(path)) };
}

const OPTIONS = { dot: true, noextglob: true, nonegate: true } as const;

/** `./dist` is `/dist`, and a slash at the end says no more than the name: what is below a file is nothing. */
function normalized(glob: string): string {
  return glob
    .replace(/^\.(?=\/|$)/, "")
    .replaceAll(/\/(?:\.?\/)+/g, "/")
    .replace(/\/\.?$/, "");
}

function refuseManyStars(glob: string): void {
  if (glob.replaceAll("**", "").split("*").length - 1 <= MAX_STARS && glob.split("**").length - 1 <= MAX_STARS) return;
  throw new XsysError("INVALID_PARAMS", `the glob ${glob} has more than ${MAX_STARS} stars`, { details: { glob } });
}

function withSlashes(path: string): string {
  return sep === "/" ? path : path.replaceAll(sep, "/");
}
