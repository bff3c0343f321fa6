import type { Readable } from "node:stream";
import type { Exchange } from "../exchange/exchange.ts";
import { requestHeaders } from "./request-headers.ts";

/** A request as every upstream is given it. */
export interface ForwardedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Name and value in turn. */
  readonly headers: string[];
  readonly body: Uint8Array | Readable | undefined;
}

/** Methods that may be carried out twice as well as once. Source: RFC 9110, 9.2.2. */
const REPEATABLE = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

export function forwardedRequest(exchange: Exchange, body: ForwardedRequest["body"]): ForwardedRequest {
  const headers = requestHeaders(exchange);
  const length = exchange.headers["content-length"];
  if (length !== undefined && body !== undefined && !(body instanceof Uint8Array))
    headers.push("content-length", length);
  return { method: exchange.method, path: exchange.target, headers, body };
}

/** Whether another upstream may be sent it, too, after one may have carried it out. */
export function isRepeatable({ method, body }: ForwardedRequest): boolean {
  return REPEATABLE.has(method) && (body === undefined || body instanceof Uint8Array);
}
