import { unescape as unescapeText } from "node:querystring";
import type { Headers, WorkerRequest } from "../../../protocol/wire/worker.ts";
import type { RequestFilter } from "../exchange/answer.ts";
import { mediaTypeOf } from "./media-type.ts";
import type { Settings } from "./settings.ts";

/** Keeps only the last value of a repeated parameter, except for those in `whitelist`. */
export function createHpp(settings: Settings): RequestFilter {
  const kept = new Set(settings.texts("whitelist"));
  const checkQuery = settings.flag("checkQuery", true);
  const checkBody = settings.flag("checkBody", true);
  const checkHeaders = settings.flag("checkHeaders", false);
  return (request) => {
    const asked = checkQuery ? withLastOfQuery(request, kept) : request;
    const sent = checkBody && asked.body !== undefined ? withLastOfBody(asked, asked.body, kept) : asked;
    return checkHeaders ? withLastOfHeaders(sent, kept) : sent;
  };
}

function withLastOfQuery(request: WorkerRequest, kept: ReadonlySet<string>): WorkerRequest {
  const mark = request.url.indexOf("?");
  if (mark < 0) return request;
  const search = request.url.slice(mark + 1);
  const reduced = lastOfEach(search, kept);
  if (reduced === search) return request;
  return { ...request, url: request.url.slice(0, mark + 1) + reduced, query: firstValues(reduced) };
}

/** The object has no prototype, as clients choose the names. */
function firstValues(search: string): Record<string, string> {
  const values: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(search)) values[name] ??= value;
  return values;
}

function withLastOfBody(request: WorkerRequest, body: Uint8Array, kept: ReadonlySet<string>): WorkerRequest {
  if (mediaTypeOf(request.headers) !== "application/x-www-form-urlencoded") return request;
  const form = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("latin1");
  const reduced = lastOfEach(form, kept);
  if (reduced === form) return request;
  const bytes = Buffer.from(reduced, "latin1");
  const { "content-length": length, ...headers } = request.headers;
  const framed: Headers = length === undefined ? headers : { ...headers, "content-length": String(bytes.length) };
  return { ...request, headers: framed, body: bytes };
}

/** Removes all but the last pair of each name from a query string. The pairs are not decoded. */
function lastOfEach(search: string, kept: ReadonlySet<string>): string {
  if (!search.includes("&")) return search;
  const pairs = search.split("&");
  const last = new Map<string, number>();
  for (const [index, pair] of pairs.entries()) last.set(nameOf(pair), index);
  if (last.size === pairs.length) return search;
  return pairs
    .filter((pair, index) => {
      const name = nameOf(pair);
      return last.get(name) === index || kept.has(name);
    })
    .join("&");
}

function nameOf(pair: string): string {
  const sign = pair.indexOf("=");
  const name = sign < 0 ? pair : pair.slice(0, sign);
  return ESCAPED.test(name) ? unescapeText(name.replaceAll("+", " ")) : name;
}

const ESCAPED = /[%+]/;

function withLastOfHeaders(request: WorkerRequest, kept: ReadonlySet<string>): WorkerRequest {
  const repeated = Object.entries(request.headers).filter(([name, value]) => Array.isArray(value) && !kept.has(name));
  if (repeated.length === 0) return request;
  const last = Object.fromEntries(repeated.map(([name, lines]) => [name, lines.at(-1) ?? ""]));
  return { ...request, headers: { ...request.headers, ...last } };
}
