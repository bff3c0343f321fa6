import createRouter, { type HTTPVersion, type Instance } from "find-my-way";
import { isParameter, type Route } from "./parse-route.ts";

export interface RouteMatch {
  /** Of the route, which may be another one than the request's: GET for HEAD, or `ALL_METHODS`. */
  readonly method: string;
  /** As the worker wrote it. */
  readonly pattern: string;
  /** Decoded. The rest of the path, for a wildcard, is without slashes at its ends. */
  readonly params: Readonly<Record<string, string>>;
  /** What the gateway serves itself. */
  readonly file?: {
    readonly path: string;
    /** The path is a folder's, and `rest` the file below it. */
    readonly isMount: boolean;
    readonly rest: string;
  };
}

const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({});
const onMatch = () => {};

/** The routes for requests of one method. find-my-way knows the usual methods only, so each has a router, of routes that are all GET. */
export class MethodRoutes {
  /** By the path itself: most requests are for one of these, and 30 ns decide it. */
  readonly #literal = new Map<string, RouteMatch>();
  readonly #router: Instance<HTTPVersion.V1>;
  readonly #shapes = new Set<string>();

  constructor(routes: readonly Route[]) {
    this.#router = createRouter({
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: true,
      maxParamLength: Number.MAX_SAFE_INTEGER, // the URL's length is limited before
    });
    for (const route of routes) this.#add(route, route.wildcard === undefined ? "" : "/*");
    // The rest of a path may be empty; whatever else is there has it before.
    for (const route of routes) if (route.wildcard !== undefined) this.#add(route, "");
  }

  find(path: string): RouteMatch | undefined {
    const literal = this.#literal.get(path);
    if (literal !== undefined) return literal;
    const found = this.#router.find("GET", path);
    return found === null ? undefined : matchOf(found.store, found.params as Record<string, string>);
  }

  #add(route: Route, end: "" | "/*"): void {
    const path = `${route.segments.map((segment) => `/${escaped(segment)}`).join("")}${end}` || "/";
    const shape = path.replaceAll(/\/:\w[^/]*/g, "/:");
    if (this.#shapes.has(shape)) return;
    this.#shapes.add(shape);
    this.#router.on("GET", path, onMatch, route);
    if (end !== "" || route.segments.some(isParameter)) return;
    this.#literal.set(`/${route.segments.join("/")}`, matchOf(route, NO_PARAMS));
  }
}

/** A colon that begins no parameter is doubled for find-my-way. */
function escaped(segment: string): string {
  return isParameter(segment) ? segment : segment.replaceAll(":", "::");
}

function matchOf({ method, pattern, wildcard, file }: Route, found: Readonly<Record<string, string>>): RouteMatch {
  if (wildcard === undefined) {
    if (file === undefined) return { method, pattern, params: found };
    return { method, pattern, params: found, file: { path: file, isMount: false, rest: "" } };
  }
  const { "*": rest = "", ...others } = found;
  const params = { ...others, [wildcard]: rest };
  return { method, pattern, params, ...(file !== undefined && { file: { path: file, isMount: true, rest } }) };
}
