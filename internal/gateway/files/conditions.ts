import type { IncomingHttpHeaders } from "node:http";
import type { Headers } from "../../../protocol/wire/worker.ts";
import { parseHttpDate } from "./http-date.ts";

/**
 * The status that results from a request's conditions; undefined for a 200. Cache-Control is not evaluated: it is
 * addressed to caches. Source: RFC 9110, 13.2.2.
 */
export function statusByConditions(asked: IncomingHttpHeaders, file: Headers): 412 | 304 | undefined {
  if (isPreconditionFailed(asked, file)) return 412;
  const noneMatch = asked["if-none-match"];
  if (noneMatch !== undefined) return lists(noneMatch, file, isSameWeakly) ? 304 : undefined;
  return isUnmodified(file, asked["if-modified-since"]) === true ? 304 : undefined;
}

/** Whether If-Range matches the file, so that a part may be sent. Source: RFC 9110, 13.1.5. */
export function isRangeOfThis(ifRange: string, file: Headers): boolean {
  const since = parseHttpDate(ifRange);
  if (since === undefined) return isSame(ifRange.trim(), tagOf(file));
  return since === parseHttpDate(String(file["last-modified"]));
}

function isPreconditionFailed(asked: IncomingHttpHeaders, file: Headers): boolean {
  const match = asked["if-match"];
  if (match !== undefined) return !lists(match, file, isSame);
  return isUnmodified(file, asked["if-unmodified-since"]) === false;
}

/** Undefined for an invalid date. */
function isUnmodified(file: Headers, since: string | undefined): boolean | undefined {
  if (since === undefined) return undefined;
  const time = parseHttpDate(since);
  const modified = parseHttpDate(String(file["last-modified"]));
  return time === undefined || modified === undefined ? undefined : modified <= time;
}

/** Whether a list of tags includes the file's, or is `*`. */
function lists(list: string, file: Headers, isEqual: (tag: string, own: string) => boolean): boolean {
  const own = tagOf(file);
  return list.trim() === "*" || (list.match(TAGS) ?? []).some((tag) => isEqual(tag, own));
}

/** Quoted tags may contain commas. A worker may have set a tag without quotes. */
const TAGS = /(?:W\/)?"[^"]*"|[^\s,]+/g;

function tagOf(file: Headers): string {
  return String(file.etag);
}

/** Strong comparison: a weak tag equals no tag. Source: RFC 9110, 8.8.3.2. */
function isSame(tag: string, own: string): boolean {
  return tag === own && !tag.startsWith("W/");
}

function isSameWeakly(tag: string, own: string): boolean {
  return opaque(tag) === opaque(own);
}

function opaque(tag: string): string {
  return tag.replace(/^W\//, "");
}
