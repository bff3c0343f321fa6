import { relative, sep } from "node:path";
import picomatch from "picomatch";
import { XsysError } from "../../protocol/errors.ts";

/**
 * Matching takes time in the order of the name's length to the power of the stars: with 4 it is below a millisecond.
 */
const MAX_STARS = 4;

/** Whether a path below a root is ignored. */
export type Ignore = (root: string, path: string) => boolean;

interface Rule {
  /** The pattern starts with `!`: it includes what an earlier rule ignored. */
  readonly keeps: boolean;
  readonly matches: (below: string, path: string) => boolean;
}

/**
 * Compiles patterns in the syntax of .gitignore. The last pattern that matches decides. Extended globs are taken
 * literally: `+(a|aa)*` could block the event loop indefinitely.
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

/** Undefined for an empty pattern, such as an empty line. */
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

/** `./dist` becomes `/dist`. A trailing slash is dropped: nothing lies below a file, so it makes no difference. */
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
