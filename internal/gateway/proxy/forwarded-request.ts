import type { Readable } from "node:stream";
import type { Exchange } from "../exchange/exchange.ts";
import { requestHeaders } from "./request-headers.ts";

/** A request as it is sent to an upstream. */
export interface ForwardedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Names and values alternately. */
  readonly headers: string[];
  readonly body: Uint8Array | Readable | undefined;
}

/** Idempotent methods. Source: RFC 9110, 9.2.2. */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

export function forwardedRequest(exchange: Exchange, body: ForwardedRequest["body"]): ForwardedRequest {
  const headers = requestHeaders(exchange);
  const length = exchange.headers["content-length"];
  if (length !== undefined && body !== undefined && !(body instanceof Uint8Array))
    headers.push("content-length", length);
  return { method: exchange.method, path: exchange.target, headers, body };
}

/** Whether the request may be sent to another upstream although one may already have processed it. */
export function isRepeatable({ method, body }: ForwardedRequest): boolean {
  return IDEMPOTENT.has(method) && (body === undefined || body instanceof Uint8Array);
}
