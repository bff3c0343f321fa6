import { XsysError } from "../../protocol/errors.ts";
import type { AppSpec } from "./app-spec.ts";

type Ordered = Pick<AppSpec, "name" | "after">;

/**
 * Refuses apps that cannot be started in an order.
 * @param apps - all apps
 * @param changed - those that are to be started
 * @throws INVALID_PARAMS for a name that no app has, and for apps that wait for each other
 */
export function refuseImpossibleOrder(apps: readonly Ordered[], changed: readonly Ordered[]): void {
  const known = new Map(apps.map((app) => [app.name, app]));
  for (const { name, after = [] } of changed) {
    const unknown = after.find((other) => !known.has(other));
    if (unknown !== undefined) throw invalid(`${name} is to be started after ${unknown}, but there is no such app`);
  }
  for (const app of changed) {
    const circle = circleFrom(app, known);
    if (circle !== undefined) throw invalid(`the apps ${circle.join(" → ")} are each to be started after the next`);
  }
}

/** The apps, each after those that it is to be started after. Otherwise their order is kept. */
export function inStartOrder<A extends Ordered>(apps: readonly A[]): A[] {
  const known = new Map(apps.map((app) => [app.name, app]));
  const ordered = new Set<A>();
  const seen = new Set<A>();
  const add = (app: A | undefined): void => {
    if (app === undefined || seen.has(app)) return;
    seen.add(app);
    for (const name of app.after ?? []) add(known.get(name));
    ordered.add(app);
  };
  for (const app of apps) add(app);
  return [...ordered];
}

/**
 * Ends apps in the reverse order: each when those that were started after it have ended.
 * @returns a value for each app, made from those of the apps before it
 */
export function inEndOrder<A extends Ordered, T>(apps: readonly A[], end: (app: A, before: readonly T[]) => T): T[] {
  const results = new Map<string, T>();
  for (const app of inStartOrder(apps).reverse()) {
    const later = apps.filter(({ after = [] }) => after.includes(app.name));
    const before = later.flatMap(({ name }) => (results.has(name) ? [results.get(name) as T] : []));
    results.set(app.name, end(app, before));
  }
  return [...results.values()];
}

/** Names from an app back to itself; undefined if it does not wait for itself. */
function circleFrom(start: Ordered, known: ReadonlyMap<string, Ordered>): string[] | undefined {
  const seen = new Set<string>();
  const search = (app: Ordered, path: readonly string[]): string[] | undefined => {
    for (const name of app.after ?? []) {
      if (name === start.name) return [...path, name];
      const next = known.get(name);
      if (next === undefined || seen.has(name)) continue;
      seen.add(name);
      const found = search(next, [...path, name]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return search(start, [start.name]);
}

function invalid(message: string): XsysError {
  return new XsysError("INVALID_PARAMS", message);
}
