import { XsysError } from "../../../protocol/errors.ts";

/** Maximum length of a path matched against expressions. A longer one is not excluded. */
const MAX_PATH = 2_048;
const EXPRESSION = "RE:";
/** With dot segments, a path may lead out of its prefix. */
const DOT_SEGMENT = /(?:\/|%2f)(?:\.|%2e){1,2}(?:\/|%2f|$)/i;

/**
 * Returns a test for paths that are not counted: those that begin with an entry, and those that match an entry's
 * expression.
 * @throws INVALID_PARAMS for an invalid expression.
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
 * Uses RE2, whose time is linear in the length of the path, because clients choose the path. Only expressions that RE2
 * does not support (lookaround, backreferences) run in JavaScript's engine; they are written by the operator.
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
