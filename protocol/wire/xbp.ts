import { DEFAULT_MAX_FRAME, type FrameWriter, XBP_REQUEST_MARK, XBP_RESPONSE_MARK } from "./frame.ts";
import type { Headers, HeaderValue, WorkerRequest } from "./worker.ts";
import { NO_BYTES, XbpCursor } from "./xbp-cursor.ts";
import { MAX_FIELD, mostBytesOf, writeCount, writeText } from "./xbp-text.ts";

/*
 * XBP is XyPriss's binary encoding of an HTTP exchange between gateway and worker. All numbers are big-endian; `text`
 * is a u16 size and that many UTF-8 bytes; `pairs` is a u16 count and the two texts of each pair.
 *
 * Request: 0x01; texts id, method, url, remote and local address; pairs of headers, with a type byte between name and
 * value that is ignored; pairs of the query; pairs of the route's params; u32 size and that many bytes of body. A name
 * has one value.
 *
 * Response: 0x02; text id; u16 status; pairs of headers, whose names may repeat; u32 size and that many bytes of body.
 */

/** The only existing type of a request header's value. */
const SINGLE = 0;

export interface XbpRequest extends WorkerRequest {
  readonly id: string;
}

export interface XbpResponse {
  readonly id: string;
  readonly status: number;
  /** By lower-case name; for a repeated name, all values. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** A view of the payload. */
  readonly body: Buffer;
}

/**
 * Queues a request. Returns false if XBP cannot represent it (uploads, a text over 65,535 bytes, more than 65,535
 * pairs) or if it may take more than `limit` bytes; nothing is queued then, and the request must be sent as JSON. The
 * body must not change afterwards.
 */
export function sendXbpRequest(
  writer: FrameWriter,
  id: string,
  request: WorkerRequest,
  limit: number = DEFAULT_MAX_FRAME,
): boolean {
  if (request.files !== undefined || request.uploadErrors !== undefined) return false;
  const { method, url, remoteAddr, localAddr, headers, query, params, body = NO_BYTES } = request;
  const texts = mostBytesOf(method) + mostBytesOf(url) + mostBytesOf(remoteAddr) + mostBytesOf(localAddr);
  const most = FIXED_BYTES + mostBytesOf(id) + texts + mostPairs(headers) + mostPairs(query) + mostPairs(params);
  if (most + body.byteLength > limit) return false;
  writer.binary(
    most,
    (room, start) => {
      let at = start;
      room[at++] = XBP_REQUEST_MARK;
      at = writeText(room, at, id);
      at = writeText(room, at, method);
      at = writeText(room, at, url);
      at = writeText(room, at, remoteAddr);
      at = writeText(room, at, localAddr);
      at = writeJoined(room, at, headers);
      at = writePairs(room, at, query);
      at = writePairs(room, at, params);
      return room.writeUInt32BE(body.byteLength, at);
    },
    body,
  );
  return true;
}

/** Queues a response, like sendXbpRequest. The status is from 0 to 65,535. */
export function sendXbpResponse(
  writer: FrameWriter,
  id: string,
  status: number,
  headers: Headers,
  body: Uint8Array = NO_BYTES,
): boolean {
  const most = FIXED_BYTES + mostBytesOf(id) + mostPairs(headers);
  if (most + body.byteLength > DEFAULT_MAX_FRAME) return false;
  writer.binary(
    most,
    (room, start) => {
      let at = start;
      room[at++] = XBP_RESPONSE_MARK;
      at = writeText(room, at, id);
      at = writeCount(room, at, status);
      at = writePairs(room, at, headers);
      return room.writeUInt32BE(body.byteLength, at);
    },
    body,
  );
  return true;
}

/**
 * Decodes a request; its body is a view of the payload.
 * @throws BAD_FRAME if the payload is not exactly one XBP request.
 */
export function decodeXbpRequest(payload: Buffer): XbpRequest {
  const cursor = new XbpCursor(payload, "request", XBP_REQUEST_MARK);
  const id = cursor.text();
  const method = cursor.text();
  const url = cursor.text();
  const remoteAddr = cursor.text();
  const localAddr = cursor.text();
  const headers = cursor.typedPairs();
  const query = cursor.pairs();
  const params = cursor.pairs();
  const body = cursor.rest();
  return { id, method, url, headers, query, params, remoteAddr, localAddr, body: body.length > 0 ? body : undefined };
}

/**
 * Decodes a response.
 * @throws BAD_FRAME if the payload is not exactly one XBP response.
 */
export function decodeXbpResponse(payload: Buffer): XbpResponse {
  const cursor = new XbpCursor(payload, "response", XBP_RESPONSE_MARK);
  return { id: cursor.text(), status: cursor.number(), headers: cursor.repeatedPairs(), body: cursor.rest() };
}

/** Upper bound of the bytes of either message without its texts and pairs. */
const FIXED_BYTES = 32;
/** Bytes of a pair without its texts: their sizes and the type. */
const PAIR_BYTES = 5;

/** Maximum number of bytes of pairs; Infinity if XBP cannot represent them. */
function mostPairs(pairs: Headers): number {
  let most = 0;
  let count = 0;
  for (const name in pairs) {
    const value = pairs[name] as HeaderValue;
    if (typeof value === "string") {
      most += PAIR_BYTES + mostBytesOf(name) + mostBytesOf(value);
      count++;
    } else {
      // As separate pairs, or joined into one.
      for (const line of value) most += PAIR_BYTES + mostBytesOf(name) + mostBytesOf(line);
      if (most > MAX_FIELD) most += mostBytesOf(joined(name, value));
      count += value.length;
    }
  }
  return count > MAX_FIELD ? Number.POSITIVE_INFINITY : most;
}

function writeJoined(room: Buffer, start: number, headers: Headers): number {
  let at = start + 2;
  let count = 0;
  for (const name in headers) {
    const value = headers[name] as HeaderValue;
    at = writeText(room, at, name);
    room[at++] = SINGLE;
    at = writeText(room, at, typeof value === "string" ? value : joined(name, value));
    count++;
  }
  writeCount(room, start, count);
  return at;
}

/** Joins several lines of one name: RFC 9110 5.3, and RFC 6265 5.4 for cookies. */
function joined(name: string, lines: readonly string[]): string {
  return lines.join(name === "cookie" ? "; " : ", ");
}

function writePairs(room: Buffer, start: number, pairs: Headers): number {
  let at = start + 2;
  let count = 0;
  for (const name in pairs) {
    const value = pairs[name] as HeaderValue;
    if (typeof value === "string") {
      at = writeText(room, writeText(room, at, name), value);
      count++;
    } else {
      for (const line of value) at = writeText(room, writeText(room, at, name), line);
      count += value.length;
    }
  }
  writeCount(room, start, count);
  return at;
}
