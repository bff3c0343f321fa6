import picomatch from "picomatch";
import type { TreeEntry } from "../../../files/walk.ts";
import { faultOf, refuseFaulty } from "./refuse-faulty.ts";

/** Whether an entry's name, or its path from the folder searched, is what a pattern asks for. */
export type NameMatcher = (entry: TreeEntry) => boolean;

/** `{a,b}`, which is not an expression's `{1,2}`. */
const ALTERNATIVES = /(?<!\\)\{(?!\d*,\d*\})[^{}]*,[^{}]*\}/;

/** What a glob has that matches more than itself. */
const WILDCARD = /[*?]|\[[^\]]+\]|[@+!]\([^)]*\)/;
/** What only an expression has: an escape, or an end that is anchored. */
const EXPRESSION = /\\|^\^|\$$/;

/**
 * A regular expression for base names, or a glob: by its own look, or by the caller's word.
 * @throws INVALID_PARAMS for what is neither
 */
export function nameMatcher(pattern: string, isGlob: boolean): NameMatcher {
  const hasSlash = pattern.includes("/");
  const expression = isGlob || hasSlash || ALTERNATIVES.test(pattern) ? undefined : expressionOf(pattern);
  if (expression !== undefined) return ({ relative }) => expression.test(baseName(relative));
  const matches = picomatch(pattern.replace(/^\.?\//, ""), { dot: true });
  return hasSlash ? ({ relative }) => matches(relative) : ({ relative }) => matches(baseName(relative));
}

/** Undefined for a glob. */
function expressionOf(pattern: string): RegExp | undefined {
  if (faultOf(pattern) === undefined) return new RegExp(pattern);
  if (!looksLikeGlob(pattern)) refuseFaulty("search.find", pattern, "; with --glob it is taken as a glob");
  return undefined;
}

/** A pattern that is neither would match its own text, or nothing. */
function looksLikeGlob(pattern: string): boolean {
  return WILDCARD.test(pattern) && !EXPRESSION.test(pattern);
}

/** node:path's is several times slower, and its backslashes are Windows's only. */
function baseName(relative: string): string {
  const at = Math.max(relative.lastIndexOf("/"), process.platform === "win32" ? relative.lastIndexOf("\\") : -1);
  return relative.slice(at + 1);
}
