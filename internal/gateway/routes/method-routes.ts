import createRouter, { type HTTPVersion, type Instance } from "find-my-way";
import { isParameter, type Route } from "./parse-route.ts";

export interface RouteMatch {
  /** The route's method, which may differ from the request's: GET for HEAD, or `ALL_METHODS`. */
  readonly method: string;
  /** As the worker wrote it. */
  readonly pattern: string;
  /** Decoded. For a wildcard, the rest of the path, without leading and trailing slashes. */
  readonly params: Readonly<Record<string, string>>;
  /** Present for a route that the gateway serves from disk. */
  readonly file?: {
    readonly path: string;
    /** `path` is a folder, and `rest` the path of the file in it. */
    readonly isMount: boolean;
    readonly rest: string;
  };
}

/** Maximum number of recent matches, and characters of a path among them. */
const MAX_FILES = 1_000;
const MAX_FILE_PATH = 1_024;

const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({});
const onMatch = () => {};

/**
 * The routes for one method. find-my-way supports only the usual methods, so each has a router with its routes as GET.
 */
export class MethodRoutes {
  /** Routes without parameters, by path. Most requests match one of these, which takes 30 ns. */
  readonly #literal = new Map<string, RouteMatch>();
  /** Recent matches of routes to files, by path. The router takes ten times as long as this map. */
  readonly #files = new Map<string, RouteMatch>();
  readonly #router: Instance<HTTPVersion.V1>;
  readonly #shapes = new Set<string>();

  constructor(routes: readonly Route[]) {
    this.#router = createRouter({
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: true,
      maxParamLength: Number.MAX_SAFE_INTEGER, // the URL's length was checked before
    });
    for (const route of routes) this.#add(route, route.wildcard === undefined ? "" : "/*");
    // A wildcard also matches an empty rest. Added last, as any other route for that path takes precedence.
    for (const route of routes) if (route.wildcard !== undefined) this.#add(route, "");
  }

  find(path: string): RouteMatch | undefined {
    const literal = this.#literal.get(path);
    if (literal !== undefined) return literal;
    const recent = this.#files.get(path);
    if (recent !== undefined) return recent;
    const found = this.#router.find("GET", path);
    if (found === null) return undefined;
    const match = matchOf(found.store, found.params as Record<string, string>);
    if (match.file !== undefined && path.length <= MAX_FILE_PATH) this.#remember(path, match);
    return match;
  }

  #remember(path: string, match: RouteMatch): void {
    if (this.#files.size >= MAX_FILES) this.#files.clear();
    this.#files.set(path, match);
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

/** In find-my-way, a literal colon is escaped by doubling it. */
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
