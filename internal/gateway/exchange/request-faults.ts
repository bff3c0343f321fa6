import { hasBody } from "../body/read-body.ts";
import { type Answer, errorAnswer } from "./answer.ts";
import type { Exchange } from "./exchange.ts";

/** Methods listed in Allow, which a 405 requires. The gateway does not know which ones a worker supports for a path. */
export const ALLOWED = { allow: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS" };

const VERSION = errorAnswer(505, "HTTP Version Not Supported: neither 1.0 nor 1.1");
const OLD_CODING = errorAnswer(400, "Bad Request: HTTP/1.0 has no Transfer-Encoding");
const CODING = errorAnswer(501, "Not Implemented: Transfer-Encoding other than chunked");
const TUNNEL = errorAnswer(405, "Method Not Allowed: this server is not a forward proxy", ALLOWED);
const TRACE = errorAnswer(405, "Method Not Allowed: TRACE is disabled", ALLOWED);
const TRACE_BODY = errorAnswer(400, "Bad Request: TRACE must not have a body");
const EXPECTATION = errorAnswer(417, "Expectation Failed: only 100-continue is supported");

/**
 * Refuses a request, before any other step, that has no valid host or target, or uses a part of HTTP that is not
 * supported. Requests that Node's parser rejects do not get here.
 */
export function requestFault(exchange: Exchange, allowTrace: boolean): Answer | undefined {
  const { request, headers, method, addressFault } = exchange;
  const isHttp1 = !("stream" in request);
  if (isHttp1 && request.httpVersion !== "1.1" && request.httpVersion !== "1.0") return VERSION;
  if (addressFault !== undefined) return errorAnswer(400, `Bad Request: ${addressFault}`);
  const coding = headers["transfer-encoding"];
  if (coding !== undefined) {
    // An HTTP/1.0 intermediary may have forwarded the body without decoding it. Source: RFC 9112, 6.1.
    if (request.httpVersion === "1.0") return OLD_CODING;
    if (coding.toLowerCase() !== "chunked") return CODING;
  }
  if (method === "CONNECT") return TUNNEL;
  if (method === "TRACE") return traceFault(exchange, allowTrace);
  return isSupported(headers.expect) || request.httpVersion === "1.0" ? undefined : EXPECTATION;
}

function traceFault(exchange: Exchange, allowTrace: boolean): Answer | undefined {
  if (!allowTrace) return TRACE;
  return hasBody(exchange) ? TRACE_BODY : undefined;
}

/** Source: RFC 9110, 10.1.1. */
function isSupported(expect: string | undefined): boolean {
  return expect === undefined || /^\s*100-continue\s*$/i.test(expect);
}
