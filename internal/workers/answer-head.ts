import type { Headers, HeaderValue, WorkerResponsePayload } from "../../protocol/wire/worker.ts";

/** Status and headers of a worker's response, in a form that HTTP can send. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: Headers;
}

/**
 * Headers that the gateway sets itself, by its connection to the client and the body that it received. It sends no
 * trailers.
 */
const FRAMING = new Set([
  "content-length",
  "transfer-encoding",
  "connection",
  "keep-alive",
  "proxy-connection",
  "trailer",
]);

/** The status of a response that names a file to send instead of a body, and the header with the file's path. */
export const DELEGATED = 0;
export const DELEGATE = "x-xhsc-static-delegate";

/**
 * Reads the unchecked head of a worker's response. Names are converted to lower case, numbers to text, and repeated
 * names to one list; text outside Latin-1 is encoded as UTF-8 bytes. Returns undefined for an invalid response. For
 * HEAD, the worker's content-length is kept: it is the length of the body that GET would have.
 */
export function answerHead(status: unknown, fields: unknown, method = "GET"): AnswerHead | undefined {
  if (!isStatus(status)) return undefined;
  const headers: Record<string, HeaderValue> = {};
  if (fields === null || fields === undefined) return { status, headers };
  if (typeof fields !== "object") return undefined;
  for (const name in fields) {
    const key = name.toLowerCase();
    const value = headerValue((fields as WorkerResponsePayload["headers"])[name], key === DELEGATE);
    if (value === undefined || (FRAMING.has(key) && !(method === "HEAD" && isLength(key, value)))) continue;
    const before = headers[key];
    headers[key] = before === undefined ? value : ([] as string[]).concat(before, value);
  }
  return { status, headers };
}

/** Of the 1xx statuses only 101 is valid: after any other, the client would wait for a final response. */
function isStatus(status: unknown): status is number {
  if (!Number.isInteger(status)) return false;
  return status === DELEGATED || status === 101 || ((status as number) >= 200 && (status as number) <= 999);
}

function isLength(name: string, value: HeaderValue): boolean {
  return name === "content-length" && typeof value === "string" && /^\d{1,15}$/.test(value);
}

function headerValue(value: unknown, isPath: boolean): HeaderValue | undefined {
  if (typeof value === "string") return isPath ? value : fieldText(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (!Array.isArray(value)) return undefined;
  return value.filter((one) => typeof one === "string" || typeof one === "number").map((one) => fieldText(String(one)));
}

/**
 * A field value is bytes, one per character of this string (RFC 9110, section 5.5). XyPriss's own engine sends text as
 * UTF-8, such as a file name in Content-Disposition; node:http would refuse it unencoded. The test takes 20 ns.
 */
function fieldText(text: string): string {
  return BEYOND_LATIN1.test(text) ? Buffer.from(text).toString("latin1") : text;
}

const BEYOND_LATIN1 = /[^\0-\xff]/;
