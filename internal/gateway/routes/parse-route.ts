import type { RouteEntry } from "../../../protocol/wire/worker.ts";

/** A parsed route. A segment is literal or `:name`; the last one may be `*name`. */
export interface Route {
  /** Upper case; `ALL_METHODS` for every method. */
  readonly method: string;
  /** As the worker wrote it. */
  readonly pattern: string;
  /** Literal segments are decoded. Empty segments are left out. */
  readonly segments: readonly string[];
  /** Name of the wildcard at the end, which is not among the segments. */
  readonly wildcard?: string | undefined;
  /** Path of the file that the gateway serves, or with a wildcard of the folder. */
  readonly file?: string | undefined;
}

/** The method of a route for all methods. Workers send it as `ALL` or `*`. */
export const ALL_METHODS = "ALL";

/** Maximum number of characters of a path, of a file's path, and of a method. */
const MAX_PATH = 2_048;
const MAX_FILE = 4_096;
const MAX_METHOD = 32;
const MAX_SEGMENTS = 128;

const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;
const PARAMETER = /^:[A-Za-z_$][\w$]*$/;
const WILDCARD = /^\*[A-Za-z_$][\w$]*$/;
/** Without the characters of regular expressions, and of optional and typed parameters. */
const LITERAL = /^[^:*?#()[\]{}<>|^\\\p{Cc}][^*?#()[\]{}<>|^\\\p{Cc}]*$/u;

/** Parses one entry of a worker's list; undefined if it is not a route of this syntax. */
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
