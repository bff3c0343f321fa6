import type { IncomingHttpHeaders } from "node:http";
import type { GatewayRequest } from "./exchange.ts";

/**
 * A request's fields as workers, upstreams and guards are to see them: Host is the one that was decided on, HTTP/2's
 * pseudo-fields are none, and what tells of proxies on the way (`Forwarded`, `X-Forwarded-*`, `X-Real-IP`) is there only
 * if a trusted one has told it. Spellings that no proxy has, as `X_Forwarded_For`, are nobody's: what runs under CGI or
 * WSGI takes them for the right ones, and a proxy passes them on.
 */
export function requestFields(
  request: GatewayRequest,
  host: string | undefined,
  isFromTrusted: boolean,
): IncomingHttpHeaders {
  const { headers } = request;
  const isAsTold = !("stream" in request) && headers.host === host && !hasStrange(headers, isFromTrusted);
  if (isAsTold) return headers;
  const fields: IncomingHttpHeaders = {};
  for (const name in headers) {
    if (!name.startsWith(":") && !isStrange(name, isFromTrusted)) fields[name] = headers[name];
  }
  if (host !== undefined) fields.host = host;
  return fields;
}

function hasStrange(headers: IncomingHttpHeaders, isFromTrusted: boolean): boolean {
  for (const name in headers) if (isStrange(name, isFromTrusted)) return true;
  return false;
}

function isStrange(name: string, isFromTrusted: boolean): boolean {
  const right = forwardingField(name);
  return right !== undefined && (!isFromTrusted || name !== right);
}

/** The name of the field of proxies that a lower-case name may be taken for; undefined where it is another field. */
function forwardingField(name: string): string | undefined {
  const first = name.charCodeAt(0);
  if (first !== LETTER_X && first !== LETTER_F) return undefined;
  const plain = name.replaceAll(/[^a-z\d]/g, "-");
  return plain === "forwarded" || plain === "x-real-ip" || plain.startsWith("x-forwarded") ? plain : undefined;
}

const LETTER_X = 0x78;
const LETTER_F = 0x66;
