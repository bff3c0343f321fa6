import type { Readable } from "node:stream";
import type { Headers } from "../../../protocol/wire/worker.ts";
import { acceptedCodings } from "../compression/accepted-codings.ts";
import { variedHeaders } from "../compression/coded-headers.ts";
import { type Answer, errorAnswer } from "../exchange/answer.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { byteRange } from "./byte-range.ts";
import { isRangeOfThis, statusByConditions } from "./conditions.ts";
import type { FileContents } from "./file-contents.ts";
import type { FileVariant } from "./file-variant.ts";
import type { ServedFile } from "./load-file.ts";

/** Header fields that describe the body, which a 304 does not have. */
const BODY_FIELDS = ["content-type", "content-encoding", "content-disposition", "accept-ranges"];

/**
 * Builds the answer for a file.
 * @param given - header fields from a worker, which override the file's.
 */
export function answerWith(
  file: ServedFile,
  exchange: Exchange,
  contents: FileContents,
  given?: Headers,
): Answer | Promise<Answer> {
  const variant = given?.["content-encoding"] === undefined ? bestVariant(file, exchange) : file.plain;
  const headers = given === undefined ? variant.headers : bothHeaders(variant.headers, given);
  const asked = exchange.headers;
  const isGet = exchange.method === "GET";
  const status = isGet || exchange.method === "HEAD" ? statusByConditions(asked, headers) : undefined;
  if (status === 412) return errorAnswer(412, "a precondition of the request does not hold for the file");
  if (status === 304) return { status, headers: without(headers, BODY_FIELDS) };
  if (isGet && asked.range !== undefined) {
    const ifRange = asked["if-range"];
    if (ifRange === undefined || isRangeOfThis(String(ifRange), headers)) {
      const part = partOf(variant, asked.range, headers, exchange, contents);
      if (part !== undefined) return part;
    }
  }
  return whole(variant, headers, exchange, contents);
}

/** Keeps the file's Vary when a worker's fields override it. */
function bothHeaders(own: Headers, given: Headers): Headers {
  const both = { ...own, ...given };
  return own.vary === undefined ? both : variedHeaders(both);
}

export function without(headers: Headers, names: readonly string[]): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}

function bestVariant({ plain, coded }: ServedFile, exchange: Exchange): FileVariant {
  if (coded.length === 0) return plain;
  for (const coding of acceptedCodings(exchange.headers["accept-encoding"])) {
    if (coding === "identity") return plain;
    const variant = coded.find((one) => one.coding === coding);
    if (variant !== undefined) return variant;
  }
  return plain;
}

/** The answer for a Range that amounts to one range; undefined to send the whole file. */
function partOf(
  variant: FileVariant,
  range: string,
  headers: Headers,
  exchange: Exchange,
  contents: FileContents,
): Answer | Promise<Answer> | undefined {
  const asked = byteRange(range, variant.size);
  if (asked === "whole") return undefined;
  if (asked === "none" && variant.size > 0) return noSuchRange(variant.size); // a size of 0 may be wrong, as in /proc
  const read = contents.whole(variant, exchange);
  if (read !== undefined) {
    const cut = (bytes: Buffer) => cutOf(bytes, byteRange(range, bytes.length), headers);
    return read instanceof Promise ? read.then(cut) : cut(read);
  }
  if (asked === "none") return noSuchRange(variant.size);
  const { start, end } = asked;
  const partial = { ...headers, "content-range": `bytes ${start}-${end}/${variant.size}` };
  return contents.part(variant, start, end, exchange).then((body) => streamed(206, partial, end + 1 - start, body));
}

/** Uses the number of bytes read, as the size reported for a file in /sys can differ. */
function cutOf(bytes: Buffer, asked: ReturnType<typeof byteRange>, headers: Headers): Answer {
  if (asked === "none") return noSuchRange(bytes.length);
  if (asked === "whole") return { status: 200, headers, body: bytes };
  const { start, end } = asked;
  const partial = { ...headers, "content-range": `bytes ${start}-${end}/${bytes.length}` };
  return { status: 206, headers: partial, body: bytes.subarray(start, end + 1) };
}

function noSuchRange(size: number): Answer {
  return errorAnswer(416, "the file has no such range", { "content-range": `bytes */${size}` });
}

function whole(
  variant: FileVariant,
  headers: Headers,
  exchange: Exchange,
  contents: FileContents,
): Answer | Promise<Answer> {
  const { size } = variant;
  if (exchange.method === "HEAD") return { status: 200, headers: { ...headers, "content-length": String(size) } };
  const body = contents.whole(variant, exchange);
  if (body instanceof Promise) return body.then((read) => ({ status: 200, headers, body: read, isKept: true }));
  if (body !== undefined) return { status: 200, headers, body, isKept: true };
  return contents.part(variant, 0, size - 1, exchange).then((part) => streamed(200, headers, size, part));
}

function streamed(status: number, headers: Headers, length: number, body: Readable): Answer {
  return { status, headers: { ...headers, "content-length": String(length) }, body };
}
