import type { Headers } from "../../../protocol/wire/worker.ts";
import type { Coding } from "./accepted-codings.ts";

/** Headers for a compressed body: without Content-Length and Accept-Ranges, and with a weak ETag. */
export function encodedHeaders(headers: Headers, coding: Coding): Headers {
  const { "content-length": _, "accept-ranges": _ranges, ...others } = variedHeaders(headers);
  const { etag } = others;
  const weak = typeof etag === "string" && !etag.startsWith("W/") ? { etag: `W/${etag}` } : {};
  return { ...others, ...weak, "content-encoding": coding };
}

/** Adds Accept-Encoding to Vary. */
export function variedHeaders(headers: Headers): Headers {
  const { vary } = headers;
  const before = vary === undefined ? "" : String(vary);
  if (/(?:^|,)\s*(?:\*|accept-encoding)\s*(?:,|$)/i.test(before)) return headers;
  return { ...headers, vary: before === "" ? "Accept-Encoding" : `${before}, Accept-Encoding` };
}
