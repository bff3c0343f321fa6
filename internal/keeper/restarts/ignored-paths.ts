import { isAbsolute, join } from "node:path";
import type { AppSpec } from "../app-spec.ts";

/**
 * What no app is restarted for: packages, version control, logs, process ids, and what editors write beside a file. A
 * pattern such as `!node_modules` includes it again.
 */
const ALWAYS: readonly string[] = [
  ...["node_modules", ".git", ".hg", ".svn"],
  ...["*.log", "*.pid"],
  ...["*.swp", "*.swx", "*~", ".#*", ".xsys-*.tmp"],
];

/**
 * The globs of what is ignored, absolute or without a folder: what is watched may be several folders, and each would
 * be the base of a relative glob.
 * @param state - the keeper's state folder, which has the logs
 */
export function ignoredPaths({ cwd, watch }: AppSpec, state: string): string[] {
  return [...ALWAYS, literal(state), ...(watch?.ignore ?? []).map((glob) => absolute(glob, cwd))];
}

function absolute(glob: string, cwd: string): string {
  const keeps = glob.startsWith("!") ? "!" : "";
  const rest = glob.slice(keeps.length).replace(/\/+$/, "");
  if (!rest.includes("/") || rest.startsWith("**/") || isAbsolute(rest)) return keeps + rest;
  return keeps + join(literal(cwd), rest);
}

/** A path as a glob that matches only itself. */
function literal(path: string): string {
  return path.replaceAll(/[\\*?[\]{}()!+@|]/g, "\\$&");
}
