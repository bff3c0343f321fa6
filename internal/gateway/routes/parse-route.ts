import type { RouteEntry } from "../../../protocol/wire/worker.ts";

/** A route of the syntax: segments that are literal, `:name`, or at the end `*name`. */
export interface Route {
  /** Upper case; `ALL_METHODS` for every one. */
  readonly method: string;
  /** As the worker wrote it. */
  readonly pattern: string;
  /** Literals decoded; without empty segments, and without slash at the end. */
  readonly segments: readonly string[];
  /** Of a wildcard at the end, which is then none of the segments. */
  readonly wildcard?: string | undefined;
  /** What the gateway serves itself: a file, or a folder for a wildcard. */
  readonly file?: string | undefined;
}

/** The method of a route that is for every method, which a worker writes as `ALL` or `*`. */
export const ALL_METHODS = "ALL";

/** Characters of a path, of a file's path, and of a method. */
const MAX_PATH = 2_048;
const MAX_FILE = 4_096;
const MAX_METHOD = 32;
const MAX_SEGMENTS = 128;

const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;
const PARAMETER = /^:[A-Za-z_$][\w$]*$/;
const WILDCARD = /^\*[A-Za-z_$][\w$]*$/;
/** None of what makes a regular expression, an optional or a typed parameter of it. */
const LITERAL = /^[^:*?#()[\]{}<>|^\\\p{Cc}][^*?#()[\]{}<>|^\\\p{Cc}]*$/u;

/** One entry of a worker's list; undefined when it is something else. */
export function parseRoute(entry: unknown): Route | undefined {
  const { method, path, target, file_path } = (entry ?? {}) as Partial<Record<keyof RouteEntry, unknown>>;
  if (!isText(method, MAX_METHOD) || !TOKEN.test(method)) return undefined;
  if (!isText(path, MAX_PATH) || !path.startsWith("/")) return undefined;
  const isStatic = target === "static";
  if (isStatic && !isText(file_path, MAX_FILE)) return undefined;
  const parts = path.split("/").filter((part) => part !== "");
  if (parts.length > MAX_SEGMENTS) return undefined;
  const wildcard = WILDCARD.test(parts.at(-1) ?? "") ? parts.pop()?.slice(1) : undefined;
  const segments = parts.map(decoded);
  if (!segments.every((segment) => LITERAL.test(segment) || PARAMETER.test(segment))) return undefined;
  return {
    method: method === "*" ? ALL_METHODS : method.toUpperCase(),
    pattern: path,
    segments,
    wildcard,
    file: isStatic ? (file_path as string) : undefined,
  };
}

export function isParameter(segment: string): boolean {
  return PARAMETER.test(segment);
}

function isText(value: unknown, max: number): value is string {
  return typeof value === "string" && value !== "" && value.length <= max;
}

function decoded(segment: string): string {
  try {
    return decodeURI(segment);
  } catch {
    return segment;
  }
}
