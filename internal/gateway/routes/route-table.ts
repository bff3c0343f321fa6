import { XsysError } from "../../../protocol/errors.ts";
import type { RouteEntry } from "../../../protocol/worker.ts";
import { MethodRoutes, type RouteMatch } from "./method-routes.ts";
import { parseRoute, type Route } from "./parse-route.ts";

export type { RouteMatch };

/** Entries of one list, above which it is refused. */
const MAX_ROUTES = 10_000;

/**
 * What the workers have told of their routes: they all send the same list. A literal segment goes before a parameter,
 * that before a wildcard; of routes that are equal but for the names of their parameters the first counts, as it does in a
 * worker that goes through its list from the top.
 */
export class RouteTable {
  #last: readonly unknown[] = [];
  #methods: ReadonlyMap<string, MethodRoutes> = new Map();

  /**
   * Takes the place of what was there. Entries that are no routes of the syntax are passed over: regular expressions,
   * typed and optional parameters, nameless wildcards.
   * @throws INVALID_PARAMS when it is no list, or too long a one; the routes are then as before.
   */
  sync(routes: readonly RouteEntry[]): void {
    const entries: readonly unknown[] = checked(routes);
    if (isSame(entries, this.#last)) return;
    this.#last = entries;
    const byMethod = Map.groupBy(
      entries.map(parseRoute).filter((route) => route !== undefined),
      ({ method }: Route) => method,
    );
    this.#methods = new Map([...byMethod].map(([method, some]) => [method, new MethodRoutes(some)]));
  }

  /**
   * @param method - upper case; HEAD is taken for GET where it has no route of its own.
   * @param path - undecoded, without query. One with a malformed escape matches nothing.
   */
  find(method: string, path: string): RouteMatch | undefined {
    const match = this.#methods.get(method)?.find(path);
    return match === undefined && method === "HEAD" ? this.#methods.get("GET")?.find(path) : match;
  }
}

/** It comes from a worker as it is. */
function checked(routes: unknown): readonly unknown[] {
  if (!Array.isArray(routes))
    throw new XsysError("INVALID_PARAMS", "the routes of a worker were refused: they are no list");
  if (routes.length <= MAX_ROUTES) return routes;
  throw new XsysError(
    "INVALID_PARAMS",
    `the routes of a worker were refused: ${routes.length} of them, and ${MAX_ROUTES} is the most`,
  );
}

function isSame(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((entry, index) => isSameEntry(entry, others[index]));
}

function isSameEntry(a: unknown, b: unknown): boolean {
  const [one, other] = [a as RouteEntry | null, b as RouteEntry | null];
  return (
    one?.path === other?.path &&
    one?.method === other?.method &&
    one?.target === other?.target &&
    one?.file_path === other?.file_path
  );
}
