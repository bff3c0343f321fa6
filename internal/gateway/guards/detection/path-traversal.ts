import type { Detector, DetectorFactory } from "./detector.ts";

/** Levels that a relative path in a body may go up, as editors and build tools send relative paths of sources. */
const LEVELS_IN_BODY = 2;
const LONGEST_PATH = 4_096;

/**
 * Detects paths that leave their folder: any `..` segment in the request's path, a query value that goes above its
 * start, a body value that goes more than `LEVELS_IN_BODY` above it, and paths to files that are known to hold secrets.
 */
export const pathTraversal: DetectorFactory = () => detector;

const detector: Detector = (text, place) => {
  if (place === "path") return UP.test(text) || DISGUISED.test(text) || text.includes("\0");
  if (place !== "query" && place !== "body") return false;
  if (text.length > LONGEST_PATH) return false;
  if (text.includes("..") && UP.test(text) && SECRET.test(text)) return true;
  if (/[\r\n\t ]/.test(text)) return false;
  if (WHOLE_SECRET.test(text) || (text.includes("\0") && /[./\\]/.test(text))) return true;
  if (place === "query" && DISGUISED.test(text)) return true;
  return levelsUp(text) > (place === "query" ? 0 : LEVELS_IN_BODY);
};

/** A segment that is `..`. */
const UP = /(?:^|[/\\])\.\.(?:[/\\;]|$)/;
/**
 * Overlong and unusual encodings of dots and slashes, and text that becomes `../` when `../` is removed from it once.
 */
const DISGUISED = /%c0%a[ef]|%c1%9c|%c0%2[ef]|%u00(?:2e|2f|5c)|\.{4,}[/\\]{2}\.{4,}[/\\]{2}|\.\.\/\.\.\\/i;
const SECRET =
  /etc[/\\](?:passwd|shadow|hosts|group)|proc[/\\]self|win(?:dows)?[/\\](?:win\.ini|system32)|boot\.ini|\.ssh[/\\]|id_rsa|\.htpasswd|\.htaccess|web\.config|WEB-INF|[/\\]\.env|[/\\]\.git[/\\]/i;
const WHOLE_SECRET =
  /^(?:file:\/\/)?(?:\/etc\/(?:passwd|shadow|group)|\/proc\/self\/(?:environ|maps|cmdline|fd\/)|[a-z]:[/\\]+(?:windows[/\\]+(?:win\.ini|system32[/\\]+config)|boot\.ini))/i;

/** Number of levels that a path goes above its start. */
function levelsUp(path: string): number {
  if (!path.includes("..")) return 0;
  let depth = 0;
  let lowest = 0;
  for (const segment of path.split(/[/\\]/)) {
    if (segment === "..") depth -= 1;
    else if (segment !== "" && segment !== ".") depth += 1;
    if (depth < lowest) lowest = depth;
  }
  return -lowest;
}
