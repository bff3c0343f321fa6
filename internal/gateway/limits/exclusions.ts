import { XsysError } from "../../../protocol/errors.ts";

/** Characters of a path up to which expressions look at it; a longer one is not excluded. */
const MAX_PATH = 2_048;
const EXPRESSION = "RE:";
/** A prefix says nothing of where such a path leads. */
const DOT_SEGMENT = /(?:\/|%2f)(?:\.|%2e){1,2}(?:\/|%2f|$)/i;

/**
 * Which paths are not counted: those that are an entry or begin with it, and those that an entry's expression finds.
 * @throws INVALID_PARAMS for an expression that is none.
 */
export async function createExclusions(entries: readonly string[]): Promise<(path: string) => boolean> {
  const prefixes = entries.filter((entry) => entry !== "" && !entry.startsWith(EXPRESSION));
  const sources = entries
    .filter((entry) => entry.startsWith(EXPRESSION))
    .map((entry) => entry.slice(EXPRESSION.length));
  const expressions = await Promise.all(sources.map(compiled));
  return (path) => {
    if (prefixes.some((prefix) => path.startsWith(prefix)) && !DOT_SEGMENT.test(path)) return true;
    return path.length <= MAX_PATH && expressions.some((finds) => finds(path));
  };
}

/**
 * By RE2, whose time is linear in the path, as clients choose it. Only what RE2 does not know (looking around, references
 * back) is left to JavaScript's engine: the source is the operator's own.
 */
async function compiled(source: string): Promise<(path: string) => boolean> {
  const { RE2JS } = await import("./re2.ts");
  try {
    const expression = RE2JS.compile(source);
    return (path) => expression.matcher(path).find();
  } catch {
    const expression = javaScriptExpression(source);
    return (path) => expression.test(path);
  }
}

function javaScriptExpression(source: string): RegExp {
  try {
    return new RegExp(source);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new XsysError("INVALID_PARAMS", `excluding "${EXPRESSION}${source}" from the rate limit failed: ${reason}`, {
      cause: error,
    });
  }
}
