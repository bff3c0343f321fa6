import { relative, sep } from "node:path";
import picomatch from "picomatch";
import { XsysError } from "../../protocol/errors.ts";

/** A pattern's cost grows with a name's length to the power of its stars: these stay below a millisecond. */
const MAX_STARS = 4;

/** Whether a path below a root is left out. */
export type Ignore = (root: string, path: string) => boolean;

/** Globs as one question. Extended globs are taken literally: `+(a|aa)*` could hold the event loop up for ever. */
export function ignoring(globs: readonly string[]): Ignore {
  if (globs.length === 0) return () => false;
  const matchers = globs.map((glob) => {
    if (glob.replaceAll("**", "").split("*").length - 1 > MAX_STARS || glob.split("**").length - 1 > MAX_STARS) {
      throw new XsysError("INVALID_PARAMS", `the glob ${glob} has more than ${MAX_STARS} stars`, { details: { glob } });
    }
    return picomatch(glob, { dot: true, noextglob: true, basename: !glob.includes("/") });
  });
  return (root, path) => {
    const below = sep === "/" ? relative(root, path) : relative(root, path).replaceAll(sep, "/");
    return matchers.some((matches) => matches(below));
  };
}
