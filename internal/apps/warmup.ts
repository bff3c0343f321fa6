import type { AppSpec } from "../keeper/app-spec.ts";
import type { AppDefinition } from "./app-definition.ts";
import { mustBe } from "./quantities.ts";

/** As for `xsys server start`. */
const MAX_PATHS = 32;
/** Characters of a path that are valid in a request line. */
const PATH = /^\/[\x21-\x7e]{0,8191}$/;

/** The paths that a new clone is asked for before it gets work. @throws INVALID_PARAMS */
export function warmupOf({ warmup = [] }: Pick<AppDefinition, "warmup">): Pick<AppSpec, "warmup"> {
  const paths = [...new Set([warmup].flat())];
  if (paths.length > MAX_PATHS) throw mustBe("warmup", `at most ${MAX_PATHS} paths`, paths.length);
  const wrong = paths.find((path) => !PATH.test(path) || !URL.canParse(path, "http://localhost"));
  if (wrong !== undefined) throw mustBe("warmup", "a path such as /api/health, or a list of paths", wrong);
  return paths.length === 0 ? {} : { warmup: paths };
}
