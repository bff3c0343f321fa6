import { unescape as unescapeText } from "node:querystring";
import type { WorkerRequest } from "../../../../protocol/wire/worker.ts";
import { mediaTypeOf } from "../media-type.ts";
import type { Place } from "./detector.ts";
import { stringsOfJson } from "./strings-of-json.ts";

/** Maximum characters of a body that are checked. In the worst case, all detectors together take 0.1 s per megabyte. */
export const MOST_TEXT = 1_048_576;

export interface PlacedText {
  readonly place: Place;
  readonly text: string;
}

/** The texts in a request's target and headers that may contain an attack; empty for most requests. */
export function textsOfHead(request: WorkerRequest): PlacedText[] {
  const texts: PlacedText[] = [];
  const mark = request.url.indexOf("?");
  const path = mark < 0 ? request.url : request.url.slice(0, mark);
  if (!isPlain(path)) addDecoded(texts, "path", path);
  if (mark >= 0) addPairs(texts, "query", request.url.slice(mark + 1));
  for (const name of HEADERS) {
    const value = request.headers[name];
    if (typeof value === "string" && HEADER_HINT.test(value)) addDecoded(texts, "header", value);
  }
  return texts;
}

/** The same for a body, except for encoded multipart/form-data. */
export function textsOfBody(request: WorkerRequest): PlacedText[] {
  if (request.body === undefined || request.body.length === 0) return [];
  const texts: PlacedText[] = [];
  const type = mediaTypeOf(request.headers);
  const body = decoded(request.body.subarray(0, MOST_TEXT));
  const first = body.trimStart()[0];
  if (type.endsWith("xml") || (first === "<" && (type === "" || type === "application/octet-stream"))) {
    texts.push({ place: "xml", text: body });
  } else if (type === "application/x-www-form-urlencoded") addPairs(texts, "body", body);
  else if (type.endsWith("json") || first === "{" || first === "[") {
    for (const text of stringsOfJson(body)) if (!isPlain(text)) texts.push({ place: "body", text });
  }
  return texts;
}

/** Whether a text contains nothing that a detector looks for. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text) && !text.includes("..");
}

const PLAIN = /^[\w./@~-]*$/;
const HEADERS = ["user-agent", "referer"];
const HEADER_HINT = /[<']|%3c|%27|\(\) ?\{/i;
const ESCAPE = /%[0-9a-f]{2}/i;

/** Maximum number of pairs that are checked individually, more than any form has. The rest is checked as one text. */
const MOST_PAIRS = 5_000;

/** Adds both sides of each pair of `name=value&…`. */
function addPairs(texts: PlacedText[], place: Place, search: string): void {
  if (isPlain(search)) return;
  const pairs = search.split("&", MOST_PAIRS);
  if (pairs.length === MOST_PAIRS) addDecoded(texts, place, search.slice(pairs.join("&").length).replaceAll("+", " "));
  for (const pair of pairs) {
    const sign = pair.indexOf("=");
    for (const side of sign < 0 ? [pair] : [pair.slice(0, sign), pair.slice(sign + 1)]) {
      if (!isPlain(side)) addDecoded(texts, place, side.replaceAll("+", " "));
    }
  }
}

/** If the decoded text still contains escapes, it is decoded and checked again, as some applications decode twice. */
function addDecoded(texts: PlacedText[], place: Place, encoded: string): void {
  const text = encoded.includes("%") ? unescapeText(encoded) : encoded;
  texts.push({ place, text });
  if (text !== encoded && ESCAPE.test(text)) texts.push({ place, text: unescapeText(text) });
  // Decoding loses invalid UTF-8, such as overlong dots and slashes, so the encoded text is checked, too.
  if (text.includes("\ufffd")) texts.push({ place, text: encoded });
}

/** Decodes UTF-16 if a byte order mark, or the zero byte of the first character, indicates it; otherwise UTF-8. */
function decoded(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0))
    return new TextDecoder("utf-16le").decode(bytes);
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0))
    return new TextDecoder("utf-16be").decode(bytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}
