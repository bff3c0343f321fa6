import type { Answer } from "./answer.ts";
import type { Exchange } from "./exchange.ts";

/**
 * What TRACE is answered with: the request as it came, but for fields that a script of a page must not get to see. We are
 * where it ends: for what lies behind, this is the server. Source: RFC 9110, 9.3.8.
 */
export function traceAnswer({ request, host }: Exchange): Answer {
  const { method, url, httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  if ("stream" in request && request.headers.host === undefined) lines.push(`host: ${host}`);
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (!name.startsWith(":") && !SENSITIVE.test(name)) lines.push(`${name}: ${rawHeaders[at + 1]}`);
  }
  const headers = { "content-type": "message/http", "cache-control": "no-store", "x-content-type-options": "nosniff" };
  return { status: 200, headers, body: Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1") };
}

/** Cookie, Authorization, Proxy-Authorization, and what applications call such things. */
const SENSITIVE = /auth|cookie|token|secret|passw|credential|session|signature|assertion|csrf|xsrf|jwt|cert|key/i;
