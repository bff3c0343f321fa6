import type { ServerResponse } from "node:http";
import type { Http2ServerResponse } from "node:http2";
import { pipeline, type Readable } from "node:stream";
import type { Headers, HeaderValue } from "../../../protocol/wire/worker.ts";
import type { Answer } from "./answer.ts";
import { asLatin1 } from "./as-latin1.ts";
import type { Exchange } from "./exchange.ts";
import { KeptTexts } from "./kept-texts.ts";

/** Header names and values alternately. writeHead accepts this form without a lookup per name. */
type FlatHeaders = (string | string[])[];

/** Maximum bytes of a body written as text, in one write with the headers. Two writes take a third more CPU time. */
const ONE_WRITE = 16_384;

const keptTexts = new KeptTexts();

/** Statuses without a body. Source: RFC 9110, 6.4.1. */
const BODILESS = new Set([204, 205, 304]);

/**
 * Writes an answer to the client. If the stream of a body fails, the answer has already begun, so the connection (with
 * HTTP/2, the stream) is aborted.
 * @throws if a header field is invalid in HTTP.
 */
export function writeAnswer(exchange: Exchange, { status, headers, body, isKept }: Answer): void {
  const { response } = exchange;
  const isStream = body !== undefined && !(body instanceof Uint8Array);
  if (exchange.ended || response.headersSent) {
    if (isStream) body.destroy();
    return;
  }
  const fields = flatHeaders(exchange, headers);
  exchange.status = status;
  if (BODILESS.has(status)) {
    if (isStream) body.destroy();
    writeHead(response, status, fields);
    response.end();
  } else if (isStream) {
    writeHead(response, status, fields);
    sendStream(exchange, body);
  } else {
    const keepsLength = exchange.method === "HEAD" && (body === undefined || headers["content-length"] !== undefined);
    if (!keepsLength) fields.push("content-length", String(body?.byteLength ?? 0));
    writeHead(response, status, fields);
    if (body === undefined || exchange.method === "HEAD") {
      response.end();
      return;
    }
    exchange.bytes = body.byteLength;
    if (body.byteLength > ONE_WRITE || "stream" in response) (response as ServerResponse).end(body);
    else response.end(isKept ? keptTexts.of(body) : asLatin1(body), "latin1");
  }
}

function sendStream(exchange: Exchange, body: Readable): void {
  const { method, response } = exchange;
  if (method === "HEAD") {
    body.destroy();
    response.end();
    return;
  }
  // Sends the headers before the first bytes of the body, which may take long. HTTP/2 does so by itself.
  if ("flushHeaders" in response) response.flushHeaders();
  body.on("data", (bytes: Uint8Array) => {
    exchange.bytes += bytes.length;
  });
  pipeline(body, response as ServerResponse, () => {}); // errors end the exchange
}

function flatHeaders(exchange: Exchange, headers: Headers): FlatHeaders {
  const flat: FlatHeaders = [];
  for (const name in headers) flat.push(name, lines(headers[name]));
  const { extraHeaders } = exchange;
  if (extraHeaders !== undefined) {
    for (const name in extraHeaders) {
      if (name === "set-cookie" && headers[name] !== undefined)
        flat[flat.indexOf(name) + 1] = both(headers, extraHeaders);
      else if (headers[name] === undefined) flat.push(name, lines(extraHeaders[name]));
    }
  }
  flat.push("x-response-time", `${Math.round((performance.now() - exchange.startedAt) * 100) / 100}ms`);
  return flat;
}

function lines(value: HeaderValue | undefined): string | string[] {
  return (value ?? "") as string | string[];
}

function both(headers: Headers, extra: Headers): string[] {
  return [headers["set-cookie"] ?? [], extra["set-cookie"] ?? []].flat();
}

function writeHead(response: ServerResponse | Http2ServerResponse, status: number, fields: FlatHeaders): void {
  if ("stream" in response) response.writeHead(status, asObject(fields));
  else response.writeHead(status, fields as string[]);
}

/** For HTTP/2, where Node accepts no flat list, and where connection-specific fields are not allowed. */
function asObject(fields: FlatHeaders): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (let at = 0; at < fields.length; at += 2) headers[fields[at] as string] = fields[at + 1] as string | string[];
  delete headers.upgrade;
  return headers;
}
