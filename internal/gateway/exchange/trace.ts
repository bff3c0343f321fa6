import type { Answer } from "./answer.ts";
import type { Exchange } from "./exchange.ts";

/**
 * Answers TRACE with the request as received, without fields that a script in a page must not read. The gateway acts as
 * the final recipient; workers and upstreams do not get the request. Source: RFC 9110, 9.3.8.
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

/** Cookie, Authorization, Proxy-Authorization, and usual names of applications' own such fields. */
const SENSITIVE = /auth|cookie|token|secret|passw|credential|session|signature|assertion|csrf|xsrf|jwt|cert|key/i;
