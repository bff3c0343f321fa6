import type { IncomingHttpHeaders } from "node:http";
import type { Headers, HeaderValue } from "../../../protocol/wire/worker.ts";
import { hopByHop } from "./hop-by-hop.ts";

/**
 * An upstream's header fields for the client, without hop-by-hop fields, and for a buffered body without its length.
 */
export function answerHeaders(headers: IncomingHttpHeaders, isWhole: boolean): Headers {
  const isDropped = hopByHop(headers.connection);
  const kept: Record<string, HeaderValue> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || isDropped(name) || (isWhole && name === "content-length")) continue;
    kept[name] = value;
  }
  return kept;
}
