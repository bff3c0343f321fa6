import { isIPv6 } from "node:net";
import type { GatewayRequest } from "./http-messages.ts";

/** The host and target of a request. */
export interface Address {
  /** Name or IP address, with the port if the client sent one; undefined for HTTP/1.0 without Host. */
  readonly host: string | undefined;
  /** Path and query, not decoded, or `*`; empty for CONNECT. */
  readonly target: string;
}

/**
 * Determines the host and target of a request, or returns the reason why it cannot. Nothing else in the gateway parses
 * them. Sources: RFC 9112, 3.2 and 3.3; RFC 9113, 8.3.1.
 */
export function addressOf(request: GatewayRequest): Address | string {
  if (hostLines(request.rawHeaders) > 1) return "more than one Host header";
  const { host } = request.headers;
  if (host !== undefined && !isHost(host)) return "Host is not a valid host name or IP address with an optional port";
  return "stream" in request ? http2Address(request, host) : http1Address(request, host);
}

/** The host of an absolute URL takes precedence over Host. */
function http1Address({ method, url = "/", httpVersion }: GatewayRequest, named: string | undefined): Address | string {
  if (named === undefined && httpVersion === "1.1") return "the Host header is missing";
  if (method === "CONNECT") return isHost(url) ? { host: url, target: "" } : "the target of CONNECT is not a host";
  if (url.startsWith("/")) return { host: named, target: url };
  if (url === "*") return forServer(method, named);
  const [, host, rest = ""] = /^https?:\/\/([^/?#]*)([/?].*)?$/i.exec(url) ?? [];
  if (host === undefined) return "the target is neither a path nor a URL";
  if (!isHost(host)) return "the target's host is not a valid host name or IP address with an optional port";
  return { host, target: rest.startsWith("/") ? rest : `/${rest}` };
}

function http2Address({ method, headers }: GatewayRequest, named: string | undefined): Address | string {
  const authority = text(headers[":authority"]);
  const host = authority ?? named;
  if (host === undefined) return ":authority and Host are both missing";
  if (!isHost(host)) return ":authority is not a valid host name or IP address with an optional port";
  if (named !== undefined && !isSameHost(host, named, text(headers[":scheme"]))) return ":authority and Host differ";
  const path = text(headers[":path"]) ?? "";
  if (method === "CONNECT") return { host, target: "" };
  if (path.startsWith("/")) return { host, target: path };
  return path === "*" ? forServer(method, host) : "the target is not a path";
}

/** The target `*` is allowed only for OPTIONS. */
function forServer(method: string | undefined, host: string | undefined): Address | string {
  return method === "OPTIONS" ? { host, target: "*" } : "the target * is allowed only for OPTIONS";
}

function hostLines(rawHeaders: readonly string[] = []): number {
  let lines = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === 4 && name.toLowerCase() === "host") lines += 1;
  }
  return lines;
}

/** Maximum length of a host name, as in DNS. Source: RFC 3986, 3.2.2. */
const MAX_NAME = 255;
/** As in RFC 3986, but without the comma, which would make two hosts of one in a list such as X-Forwarded-Host. */
const HOST = /^(\[[\da-f:.]+\]|(?:[\w.~!$&'()*+;=-]|%[\da-f]{2})+)(?::(\d{0,5}))?$/i;

/** The latest valid host, as most requests name the same one. */
let known: string | undefined;

function isHost(host: string): boolean {
  if (host === known) return true;
  const [, name = "", port = ""] = HOST.exec(host) ?? [];
  if (name === "" || name.length > MAX_NAME || Number(port) > 65_535) return false;
  if (name.startsWith("[") && !isIPv6(name.slice(1, -1))) return false;
  known = host;
  return true;
}

function isSameHost(one: string, other: string, scheme: string | undefined): boolean {
  return one === other || normalized(one, scheme) === normalized(other, scheme);
}

/** Lower case, without the scheme's default port. */
function normalized(host: string, scheme: string | undefined): string {
  return host.toLowerCase().replace(scheme === "https" ? /:(?:443)?$/ : /:(?:80)?$/, "");
}

function text(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
