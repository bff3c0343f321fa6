import type { ServerResponse } from "node:http";
import type { Http2ServerResponse } from "node:http2";
import { pipeline, type Readable } from "node:stream";
import type { Headers, HeaderValue } from "../../../protocol/wire/worker.ts";
import type { Answer } from "./answer.ts";
import type { Exchange } from "./exchange.ts";

/** Header names and values by turns, as writeHead takes them without looking each up. */
type FlatHeaders = (string | string[])[];

/** Bytes of a body that goes as text behind its headers in one write: apart, the two cost a third more of the CPU. */
const ONE_WRITE = 16_384;

/** Statuses whose answers have no body. Source: RFC 9110, 6.4.1. */
const BODILESS = new Set([204, 205, 304]);

/**
 * Writes an answer to its client. A body that comes fails with its stream: what was sent by then cannot be taken back,
 * so the connection (of HTTP/2, the stream) ends without its proper end.
 * @throws for headers that HTTP cannot send.
 */
export function writeAnswer(exchange: Exchange, { status, headers, body }: Answer): void {
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
    const isUntold = exchange.method === "HEAD" && (body === undefined || headers["content-length"] !== undefined);
    if (!isUntold) fields.push("content-length", String(body?.byteLength ?? 0));
    writeHead(response, status, fields);
    if (body === undefined || exchange.method === "HEAD") {
      response.end();
      return;
    }
    exchange.bytes = body.byteLength;
    if (body.byteLength > ONE_WRITE || "stream" in response) (response as ServerResponse).end(body);
    else response.end(asLatin1(body), "latin1");
  }
}

function asLatin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

function sendStream(exchange: Exchange, body: Readable): void {
  const { method, response } = exchange;
  if (method === "HEAD") {
    body.destroy();
    response.end();
    return;
  }
  // Headers go before the first bytes of a body that may take its time; HTTP/2 sends them by itself.
  if ("flushHeaders" in response) response.flushHeaders();
  body.on("data", (bytes: Uint8Array) => {
    exchange.bytes += bytes.length;
  });
  pipeline(body, response as ServerResponse, () => {}); // whoever waits for the exchange hears of its end
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

/** HTTP/2 refuses what is a connection's own; node takes no list of lists there. */
function asObject(fields: FlatHeaders): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (let at = 0; at < fields.length; at += 2) headers[fields[at] as string] = fields[at + 1] as string | string[];
  delete headers.upgrade;
  return headers;
}
