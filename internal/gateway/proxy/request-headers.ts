import type { Exchange, GatewayRequest } from "../exchange.ts";
import { hopByHop } from "./hop-by-hop.ts";

/**
 * A request's fields for an upstream, name and value in turn: without what is about the connection, and what frames the
 * body. Host stays as the client asked, so that names, redirects and checks of origins are right behind the gateway too.
 * X-Forwarded-For grows by the peer; X-Forwarded-Proto and -Host are a trusted proxy's, and otherwise our own.
 */
export function requestHeaders({ request, headers, client, isTls }: Exchange): string[] {
  const peer = peerOf(request);
  const isDropped = hopByHop(headers.connection);
  const isTrusted = client !== peer; // a client that is not the peer was told by one
  const lines: string[] = [];
  for (const name in headers) {
    if (OWN.has(name) || name.startsWith(":") || isDropped(name)) continue;
    const value = headers[name];
    if (typeof value === "string") lines.push(name, value);
    else if (value !== undefined) for (const line of value) lines.push(name, line);
  }
  const host = first(headers[":authority"]) ?? headers.host; // RFC 9113, 8.3.1
  const chain = headers["x-forwarded-for"];
  lines.push("x-forwarded-for", chain === undefined ? peer : `${chain}, ${peer}`);
  lines.push("x-forwarded-proto", (isTrusted && first(headers["x-forwarded-proto"])) || (isTls ? "https" : "http"));
  // HTTP/1.0 has none: the upstream's own name takes its place.
  if (host === undefined) return lines;
  lines.push("host", host);
  lines.push("x-forwarded-host", (isTrusted && first(headers["x-forwarded-host"])) || host);
  return lines;
}

/** Fields that are made anew, and Expect, which was met here. */
const OWN = new Set(["host", "content-length", "expect", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"]);

function first(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" ? value : value?.[0];
}

/** Address at the other end, IPv4 also where it came mapped into IPv6. */
function peerOf({ socket }: GatewayRequest): string {
  return (socket.remoteAddress ?? "").replace(/^::ffff:(?=[\d.]+$)/, "");
}
