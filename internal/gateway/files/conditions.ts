import type { IncomingHttpHeaders } from "node:http";
import fresh from "fresh";
import type { Headers } from "../../../protocol/worker.ts";

/** The status that a request's conditions make of a 200, by RFC 9110 §13.2.2; undefined where they let it be. */
export function statusByConditions(asked: IncomingHttpHeaders, file: Headers): 412 | 304 | undefined {
  if (isPreconditionFailed(asked, file)) return 412;
  if (asked["if-none-match"] === undefined && asked["if-modified-since"] === undefined) return undefined;
  return fresh(asked, { etag: String(file.etag), "last-modified": String(file["last-modified"]) }) ? 304 : undefined;
}

/**
 * Whether a range is of the version that is there. An entity tag counts though ours are weak, as it does in Express: it
 * changes with the time of the file, which in all but the name is what others call a strong one.
 */
export function isRangeOfThis(ifRange: string, file: Headers): boolean {
  if (ifRange.includes('"')) return opaque(ifRange) === opaque(String(file.etag));
  return Date.parse(ifRange) >= Date.parse(String(file["last-modified"]));
}

function isPreconditionFailed(asked: IncomingHttpHeaders, file: Headers): boolean {
  const match = asked["if-match"];
  if (match !== undefined) {
    const wanted = opaque(String(file.etag));
    return match !== "*" && !match.split(",").some((tag) => opaque(tag) === wanted);
  }
  const since = asked["if-unmodified-since"];
  return since !== undefined && Date.parse(String(file["last-modified"])) > Date.parse(since);
}

function opaque(tag: string): string {
  return tag.trim().replace(/^W\//, "");
}
