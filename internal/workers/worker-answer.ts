import type { Headers, HeaderValue, WorkerResponsePayload } from "../../protocol/wire/worker.ts";

/** Status and headers of a worker's answer, as HTTP can send them. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: Headers;
}

/** What is between the gateway and its client alone; the length is that of the body which came, and nothing follows it. */
const FRAMING = new Set([
  "content-length",
  "transfer-encoding",
  "connection",
  "keep-alive",
  "proxy-connection",
  "trailer",
]);

/** The status of an answer that names a file to send instead of a body, and the header that has its path. */
export const DELEGATED = 0;
export const DELEGATE = "x-xhsc-static-delegate";

/**
 * Reads a worker's answer, which is unchecked: names are made lower case, numbers text, repeated names one list, and
 * what Latin-1 has no letters for the bytes of UTF-8.
 * Undefined for what is no answer. To HEAD the worker's own length is kept: that of the body which GET would have.
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

/** Of the informational ones 101 alone: behind the others a client waits for an answer, and would take the next one's. */
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
 * A field's value is bytes, each of which is a character here (RFC 9110, 5.5). XyPriss's own engine sends all text as
 * UTF-8, such as a file's name in Content-Disposition, which node:http would refuse. The look takes 20 ns.
 */
function fieldText(text: string): string {
  return BEYOND_LATIN1.test(text) ? Buffer.from(text).toString("latin1") : text;
}

const BEYOND_LATIN1 = /[^\0-\xff]/;
