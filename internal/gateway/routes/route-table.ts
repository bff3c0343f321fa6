import { XsysError } from "../../../protocol/errors.ts";
import type { RouteEntry } from "../../../protocol/wire/worker.ts";
import { MethodRoutes, type RouteMatch } from "./method-routes.ts";
import { ALL_METHODS, parseRoute, type Route } from "./parse-route.ts";

export type { RouteMatch };

/** Maximum number of entries of a list. A longer list is refused. */
const MAX_ROUTES = 10_000;

/**
 * The routes sent by the workers; all workers send the same list. A literal segment takes precedence over a parameter,
 * and a parameter over a wildcard. Of routes that differ only in the names of their parameters the first one is used,
 * as in a worker that searches its list from the top.
 */
export class RouteTable {
  #last: readonly unknown[] = [];
  #routes: readonly Route[] = [];
  /** The methods for which there are routes. */
  #methods: ReadonlySet<string> = new Set();
  /** Created when first needed: a worker may list thousands of methods, of which Node's HTTP parser accepts 35. */
  readonly #byMethod = new Map<string, MethodRoutes>();

  /**
   * Replaces all routes. Entries that use another syntax are skipped: regular expressions, typed and optional
   * parameters, wildcards without a name.
   * @throws INVALID_PARAMS if it is not a list, or too long; the routes are then unchanged.
   */
  sync(routes: readonly RouteEntry[]): void {
    const entries: readonly unknown[] = checked(routes);
    if (isSame(entries, this.#last)) return;
    this.#last = entries;
    this.#routes = entries.map(parseRoute).filter((route) => route !== undefined);
    this.#methods = new Set(this.#routes.map(({ method }) => method));
    this.#byMethod.clear();
  }

  /**
   * Finds the route for a request: one for its method or for all methods. HEAD also matches routes for GET, which rank
   * behind equally specific ones for HEAD.
   * @param method - upper case
   * @param path - not decoded, without query. A path with a malformed escape matches nothing.
   */
  find(method: string, path: string): RouteMatch | undefined {
    if (this.#routes.length === 0) return undefined;
    const named = method === "HEAD" || this.#methods.has(method) ? method : ALL_METHODS;
    let found = this.#byMethod.get(named);
    if (found === undefined) {
      found = new MethodRoutes(this.#routesFor(named));
      this.#byMethod.set(named, found);
    }
    return found.find(path);
  }

  #routesFor(wanted: string): readonly Route[] {
    const own = this.#routes.filter(({ method }) => method === wanted || method === ALL_METHODS);
    return wanted === "HEAD" ? [...own, ...this.#routes.filter(({ method }) => method === "GET")] : own;
  }
}

/** The list comes unchecked from a worker. */
function checked(routes: unknown): readonly unknown[] {
  if (!Array.isArray(routes)) throw new XsysError("INVALID_PARAMS", "the routes of a worker were refused: not a list");
  if (routes.length <= MAX_ROUTES) return routes;
  throw new XsysError(
    "INVALID_PARAMS",
    `the routes of a worker were refused: ${routes.length} routes, and the limit is ${MAX_ROUTES}`,
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
