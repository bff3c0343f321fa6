import { WARM_UP_HEADER } from "../dispatch/worker-request.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { peerAddress } from "../exchange/peer-address.ts";
import { isForged } from "./forwarding-fields.ts";
import { hopByHop } from "./hop-by-hop.ts";

/**
 * A request's header fields for an upstream, names and values alternately, without hop-by-hop fields and those that
 * frame the body. Host is the client's, so that virtual hosts, redirects and origin checks work behind the gateway.
 * Forwarding fields are accepted only from trusted proxies: the peer is appended to X-Forwarded-For and Forwarded,
 * X-Forwarded-Proto and -Host are kept, and X-Real-IP is set to the client.
 */
export function requestHeaders(exchange: Exchange): string[] {
  const { headers, host, isFromTrusted } = exchange;
  const isDropped = hopByHop(headers.connection);
  const lines: string[] = [];
  for (const name in headers) {
    const right = name.includes("_") ? name.replaceAll("_", "-") : name;
    if (OWN.has(right) || isDropped(right) || isForged(name, isFromTrusted)) continue;
    const value = headers[name];
    if (typeof value === "string") lines.push(name, value);
    else if (value !== undefined) for (const line of value) lines.push(name, line);
  }
  pushForwarding(lines, exchange);
  // HTTP/1.0 may have no Host; the upstream's name is used then.
  if (host !== undefined) lines.push("host", host);
  return lines;
}

const NONE: Exchange["headers"] = {};

/** Fields that are set anew, Expect, which the gateway has handled, and the mark of the gateway's own requests. */
const OWN = new Set([
  ...["host", "content-length", "expect", WARM_UP_HEADER],
  ...["forwarded", "x-real-ip", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"],
]);

function pushForwarding(lines: string[], exchange: Exchange): void {
  const { request, client, host, isTls } = exchange;
  const headers = exchange.isFromTrusted ? exchange.headers : NONE;
  const peer = peerAddress(request);
  const chain = headers["x-forwarded-for"];
  const proto = isTls ? "https" : "http";
  lines.push("x-forwarded-for", chain === undefined ? peer : `${chain}, ${peer}`);
  lines.push("x-forwarded-proto", first(headers["x-forwarded-proto"]) || proto);
  lines.push("x-real-ip", client);
  const forwardedHost = first(headers["x-forwarded-host"]) || host;
  if (forwardedHost !== undefined) lines.push("x-forwarded-host", forwardedHost);
  const { forwarded } = headers;
  if (forwarded !== undefined) lines.push("forwarded", `${forwarded}, ${forwardedElement(peer, proto, host)}`);
}

/** IPv6 is in brackets, and a value that is not a token in quotes. Source: RFC 7239, 4 and 6. */
function forwardedElement(peer: string, proto: string, host: string | undefined): string {
  const address = peer.includes(":") ? `"[${peer}]"` : peer;
  return `for=${address};proto=${proto}${host === undefined ? "" : `;host="${host}"`}`;
}

function first(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" ? value : value?.[0];
}
