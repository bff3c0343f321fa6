import { sep } from "node:path";

/** The paths without those that lie below another one, and each only once. */
export function outermost(paths: readonly string[]): string[] {
  const all = [...new Set(paths)].sort();
  return all.filter(
    (path) => !all.some((other) => other !== path && path.startsWith(other.endsWith(sep) ? other : other + sep)),
  );
}
