import { compilePattern } from "./pattern.ts";
import type { Settings } from "./settings.ts";

/** Whether a guard applies to a method and a path without query. */
export type RouteRule = (method: string, path: string) => boolean;

/**
 * Evaluates a guard's `routeConfig`. Routes in `excludeRoutes` are not checked; with `includeRoutes`, only those are. A
 * path matches exactly, except for a trailing slash, or as a prefix if it ends in `*`.
 */
export function routeRuleOf(settings: Settings): RouteRule {
  const routeConfig = settings.part("routeConfig");
  const excluded = routeConfig.parts("excludeRoutes", "path").flatMap(routeOf);
  const listed = routeConfig.parts("includeRoutes", "path");
  const included = listed.flatMap(routeOf);
  return (method, path) => {
    const isOneOf = (rules: readonly RouteRule[]) => rules.some((rule) => rule(method, path));
    return !isOneOf(excluded) && (listed.length === 0 || isOneOf(included));
  };
}

/** Empty for an invalid entry. */
function routeOf(entry: Settings): RouteRule[] {
  const wanted = entry.text("path", undefined);
  const methods = entry.texts("methods").map((method) => method.toUpperCase());
  const isMethod = (method: string) => methods.length === 0 || methods.includes(method);
  const isPath = wanted === undefined ? undefined : pathTest(wanted, entry.flag("isRegex", false));
  if (isPath !== undefined) return [(method, path) => isMethod(method) && isPath(path)];
  entry.refuse("path");
  return [];
}

function pathTest(wanted: string, isRegex: boolean): ((path: string) => boolean) | undefined {
  if (isRegex) {
    const pattern = compilePattern(wanted);
    return pattern && ((path) => pattern.matcher(path).find());
  }
  if (wanted.endsWith("*")) {
    const start = wanted.slice(0, -1);
    return (path) => path.startsWith(start) || `${path}/` === start;
  }
  const exact = withoutSlash(wanted);
  return (path) => withoutSlash(path) === exact;
}

function withoutSlash(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}
