import picomatch from "picomatch";
import type { TreeEntry } from "../../../files/walk.ts";
import { faultOf, refuseFaulty } from "./refuse-faulty.ts";

/** Returns whether an entry's name, or its path relative to the search folder, matches a pattern. */
export type NameMatcher = (entry: TreeEntry) => boolean;

/** Glob alternatives such as `{a,b}`, as opposed to a quantifier such as `{1,2}`. */
const ALTERNATIVES = /(?<!\\)\{(?!\d*,\d*\})[^{}]*,[^{}]*\}/;

/** Wildcards of a glob. */
const WILDCARD = /[*?]|\[[^\]]+\]|[@+!]\([^)]*\)/;
/** Syntax found only in regular expressions: an escape or an anchor. */
const EXPRESSION = /\\|^\^|\$$/;

/**
 * Compiles a regular expression for base names, or a glob. Which one it is follows from the pattern or from `isGlob`.
 * @throws INVALID_PARAMS for a pattern that is neither
 */
export function nameMatcher(pattern: string, isGlob: boolean): NameMatcher {
  const hasSlash = pattern.includes("/");
  const expression = isGlob || hasSlash || ALTERNATIVES.test(pattern) ? undefined : expressionOf(pattern);
  if (expression !== undefined) return ({ relative }) => expression.test(baseName(relative));
  const matches = picomatch(pattern.replace(/^\.?\//, ""), { dot: true });
  return hasSlash ? ({ relative }) => matches(relative) : ({ relative }) => matches(baseName(relative));
}

/** Returns undefined for a glob. */
function expressionOf(pattern: string): RegExp | undefined {
  if (faultOf(pattern) === undefined) return new RegExp(pattern);
  if (!looksLikeGlob(pattern)) refuseFaulty("search.find", pattern, "; use --glob to treat it as a glob");
  return undefined;
}

/** Only a pattern with wildcards is treated as a glob; any other would match only its own text, or nothing. */
function looksLikeGlob(pattern: string): boolean {
  return WILDCARD.test(pattern) && !EXPRESSION.test(pattern);
}

/** Faster than basename of node:path by several times. Backslashes are separators only on Windows. */
function baseName(relative: string): string {
  const at = Math.max(relative.lastIndexOf("/"), process.platform === "win32" ? relative.lastIndexOf("\\") : -1);
  return relative.slice(at + 1);
}
