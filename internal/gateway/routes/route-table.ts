import { XsysError } from "../../../protocol/errors.ts";
import type { RouteEntry } from "../../../protocol/wire/worker.ts";
import { MethodRoutes, type RouteMatch } from "./method-routes.ts";
import { ALL_METHODS, parseRoute, type Route } from "./parse-route.ts";

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
  #routes: readonly Route[] = [];
  /** The methods that routes name. */
  #methods: ReadonlySet<string> = new Set();
  /** What was looked for so far: a worker may name thousands of methods, of which HTTP's parser lets 35 through. */
  readonly #byMethod = new Map<string, MethodRoutes>();

  /**
   * Takes the place of what was there. Entries that are no routes of the syntax are passed over: regular expressions,
   * typed and optional parameters, nameless wildcards.
   * @throws INVALID_PARAMS when it is no list, or too long a one; the routes are then as before.
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
   * The route for a request: one of its method or of all methods, and for HEAD also one of GET, where no other one is as
   * good.
   * @param method - upper case
   * @param path - undecoded, without query. One with a malformed escape matches nothing.
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
