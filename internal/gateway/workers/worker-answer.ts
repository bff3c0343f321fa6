import type { Headers, HeaderValue, WorkerResponsePayload } from "../../../protocol/worker.ts";

/** Status and headers of a worker's answer, as HTTP can send them. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: Headers;
}

/** What is between the gateway and its client alone; the length is that of the body which came. */
const FRAMING = new Set(["content-length", "transfer-encoding", "connection", "keep-alive", "proxy-connection"]);

/** The status of an answer that names a file to send instead of a body. */
export const DELEGATED = 0;

/**
 * Reads a worker's answer, which is unchecked: names are made lower case, numbers text, repeated names one list.
 * Undefined for what is no answer.
 */
export function answerHead(status: unknown, fields: unknown): AnswerHead | undefined {
  if (!isStatus(status)) return undefined;
  const headers: Record<string, HeaderValue> = {};
  if (fields === null || fields === undefined) return { status, headers };
  if (typeof fields !== "object") return undefined;
  for (const name in fields) {
    const value = headerValue((fields as WorkerResponsePayload["headers"])[name]);
    const key = name.toLowerCase();
    if (value === undefined || FRAMING.has(key)) continue;
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

function headerValue(value: unknown): HeaderValue | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (!Array.isArray(value)) return undefined;
  return value.filter((one) => typeof one === "string" || typeof one === "number").map(String);
}
