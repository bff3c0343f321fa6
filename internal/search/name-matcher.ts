import picomatch from "picomatch";
import type { TreeEntry } from "../files/walk.ts";

/** Whether an entry's name, or its path from the folder searched, is what a pattern asks for. */
export type NameMatcher = (entry: TreeEntry) => boolean;

/** `{a,b}`, which is not an expression's `{1,2}`. */
const ALTERNATIVES = /(?<!\\)\{(?!\d*,\d*\})[^{}]*,[^{}]*\}/;

/** A regular expression for base names, or a glob: by its own look, or by the caller's word. */
export function nameMatcher(pattern: string, isGlob: boolean): NameMatcher {
  const hasSlash = pattern.includes("/");
  const expression = isGlob || hasSlash || ALTERNATIVES.test(pattern) ? undefined : compiled(pattern);
  if (expression !== undefined) return ({ relative }) => expression.test(baseName(relative));
  const matches = picomatch(pattern.replace(/^\.?\//, ""), { dot: true });
  return hasSlash ? ({ relative }) => matches(relative) : ({ relative }) => matches(baseName(relative));
}

function compiled(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern);
  } catch {
    return undefined;
  }
}

/** node:path's is several times slower, and its backslashes are Windows's only. */
function baseName(relative: string): string {
  const at = Math.max(relative.lastIndexOf("/"), process.platform === "win32" ? relative.lastIndexOf("\\") : -1);
  return relative.slice(at + 1);
}
