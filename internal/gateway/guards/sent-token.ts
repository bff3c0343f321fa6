import { parse } from "node:querystring";
import type { WorkerRequest } from "../../../protocol/wire/worker.ts";
import { formFields } from "./detection/form-fields.ts";
import { mediaTypeOf } from "./media-type.ts";

const FIELD = "_csrf";
/** A longer body is not searched for the token. The client can send it in a header. */
const LONGEST_BODY = 1_048_576;

/**
 * The token that a request sends in addition to its cookie: in a header, or as the field `_csrf` of the query or body.
 */
export function sentToken(request: WorkerRequest): string | undefined | Promise<string | undefined> {
  const header = request.headers["x-csrf-token"] ?? request.headers["x-xsrf-token"];
  if (typeof header === "string") return header;
  return request.query[FIELD] ?? tokenInBody(request);
}

function tokenInBody({ headers, body }: WorkerRequest): string | undefined | Promise<string | undefined> {
  if (body === undefined || body.length > LONGEST_BODY) return undefined;
  const type = mediaTypeOf(headers);
  const text = () => Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  if (type === "application/x-www-form-urlencoded") return first(parse(text())[FIELD]);
  // The gateway has converted a form with stored files to JSON, but kept its content type.
  const isForm = type === "multipart/form-data";
  if (isForm && body[0] !== 0x7b) {
    return formFields(body, String(headers["content-type"])).then((fields) => new Map(fields).get(FIELD));
  }
  return isForm || type.endsWith("json") ? fieldOfJson(text()) : undefined;
}

function fieldOfJson(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null && FIELD in value ? first(value[FIELD]) : undefined;
  } catch {
    return undefined;
  }
}

function first(value: unknown): string | undefined {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  return typeof one === "string" ? one : undefined;
}
