import { type OutgoingHttpHeaders, validateHeaderName, validateHeaderValue } from "node:http";
import type { HeaderValue } from "../../../protocol/wire/worker.ts";

type Fields = Record<string, HeaderValue>;

/**
 * Header fields that the gateway sets itself, from the body that it received. A response to HEAD has no body, so its
 * content-length is kept.
 */
const FRAMING = new Set(["content-length", "transfer-encoding"]);
const FRAMING_OF_HEAD = new Set(["transfer-encoding"]);

/**
 * A response's header fields by lower-case name: those that were set, or, when none were, those given to writeHead (an
 * object, a flat list of names and values, or a list of pairs).
 * @throws the error of node:http for an invalid field.
 */
export function outgoingHeaders(set: OutgoingHttpHeaders, given: unknown, method: string | undefined): Fields {
  const framing = method === "HEAD" ? FRAMING_OF_HEAD : FRAMING;
  const fields: Fields = {};
  let isEmpty = true;
  for (const name in set) {
    isEmpty = false;
    if (!framing.has(name)) fields[name] = textOf(set[name]);
  }
  if (isEmpty && given) for (const [name, value] of entriesOf(given)) add(fields, name, value, framing);
  return fields;
}

function entriesOf(given: unknown): Iterable<readonly [string, unknown]> {
  if (!Array.isArray(given)) return Object.entries(given as object);
  if (Array.isArray(given[0])) return given;
  return Array.from({ length: given.length / 2 }, (_, i) => [given[2 * i], given[2 * i + 1]]);
}

function add(fields: Fields, name: string, value: unknown, framing: ReadonlySet<string>): void {
  validateHeaderName(name);
  for (const line of Array.isArray(value) ? value : [value]) validateHeaderValue(name, line);
  const key = name.toLowerCase();
  if (framing.has(key)) return;
  const before = fields[key];
  fields[key] = before === undefined ? textOf(value) : [before, textOf(value)].flat();
}

function textOf(value: unknown): HeaderValue {
  if (typeof value === "string") return value;
  return Array.isArray(value) ? value.map(String) : String(value);
}
