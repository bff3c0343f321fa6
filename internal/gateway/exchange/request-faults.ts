import { hasBody } from "../body/read-body.ts";
import { type Answer, errorAnswer } from "./answer.ts";
import type { Exchange } from "./exchange.ts";

/** Methods of an application: 405 has to name some, and what a worker knows of a path is its own. */
export const ALLOWED = { allow: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS" };

const VERSION = errorAnswer(505, "HTTP Version Not Supported: it is neither 1.0 nor 1.1");
const OLD_CODING = errorAnswer(400, "Bad Request: HTTP/1.0 has no Transfer-Encoding");
const CODING = errorAnswer(501, "Not Implemented: a Transfer-Encoding other than chunked");
const TUNNEL = errorAnswer(405, "Method Not Allowed: this is no forward proxy", ALLOWED);
const TRACE = errorAnswer(405, "Method Not Allowed: TRACE is off", ALLOWED);
const TRACE_BODY = errorAnswer(400, "Bad Request: TRACE has no body");
const EXPECTATION = errorAnswer(417, "Expectation Failed: nothing but 100-continue can be expected");

/**
 * What a request is refused for before anybody looks at it: its host is not plain, or it wants something of HTTP that is
 * not done here. What node's parser can make nothing of does not get as far.
 */
export function requestFault(exchange: Exchange, allowTrace: boolean): Answer | undefined {
  const { request, headers, method, addressFault } = exchange;
  const isHttp1 = !("stream" in request);
  if (isHttp1 && request.httpVersion !== "1.1" && request.httpVersion !== "1.0") return VERSION;
  if (addressFault !== undefined) return errorAnswer(400, `Bad Request: ${addressFault}`);
  const coding = headers["transfer-encoding"];
  if (coding !== undefined) {
    // What stands before a server of HTTP/1.0 may have passed on a body that it did not decode. RFC 9112, 6.1.
    if (request.httpVersion === "1.0") return OLD_CODING;
    if (coding.toLowerCase() !== "chunked") return CODING;
  }
  if (method === "CONNECT") return TUNNEL;
  if (method === "TRACE") return traceFault(exchange, allowTrace);
  return isMetHere(headers.expect) || request.httpVersion === "1.0" ? undefined : EXPECTATION;
}

function traceFault(exchange: Exchange, allowTrace: boolean): Answer | undefined {
  if (!allowTrace) return TRACE;
  return hasBody(exchange) ? TRACE_BODY : undefined;
}

/** HTTP/1.0 has no expectations. Source: RFC 9110, 10.1.1. */
function isMetHere(expect: string | undefined): boolean {
  return expect === undefined || /^\s*100-continue\s*$/i.test(expect);
}
