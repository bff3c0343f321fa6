import { isIPv6 } from "node:net";
import type { GatewayRequest } from "./http-messages.ts";

/** What a request is for. */
export interface Address {
  /** A name or an address, with its port where that was told; undefined where HTTP/1.0 tells none. */
  readonly host: string | undefined;
  /** Path and query, undecoded, or `*`; empty for CONNECT. */
  readonly target: string;
}

/**
 * What a request is for, or why that cannot be told: everybody who has to do with its host and target has them from here.
 * Sources: RFC 9112, 3.2 and 3.3; RFC 9113, 8.3.1.
 */
export function addressOf(request: GatewayRequest): Address | string {
  if (hostLines(request.rawHeaders) > 1) return "there is more than one Host";
  const { host } = request.headers;
  if (host !== undefined && !isHost(host)) return "Host is not a name or an address, with a port or without";
  return "stream" in request ? http2Address(request, host) : http1Address(request, host);
}

/** A whole URL has a host of its own, which counts whatever Host says. */
function http1Address({ method, url = "/", httpVersion }: GatewayRequest, told: string | undefined): Address | string {
  if (told === undefined && httpVersion === "1.1") return "there is no Host";
  if (method === "CONNECT") return isHost(url) ? { host: url, target: "" } : "the target of CONNECT is not a host";
  if (url.startsWith("/")) return { host: told, target: url };
  if (url === "*") return forServer(method, told);
  const [, host, rest = ""] = /^https?:\/\/([^/?#]*)([/?].*)?$/i.exec(url) ?? [];
  if (host === undefined) return "the target is neither a path nor a URL";
  if (!isHost(host)) return "the target's host is not a name or an address, with a port or without";
  return { host, target: rest.startsWith("/") ? rest : `/${rest}` };
}

function http2Address({ method, headers }: GatewayRequest, told: string | undefined): Address | string {
  const authority = text(headers[":authority"]);
  const host = authority ?? told;
  if (host === undefined) return "there is neither :authority nor Host";
  if (!isHost(host)) return ":authority is not a name or an address, with a port or without";
  if (told !== undefined && !isSameHost(host, told, text(headers[":scheme"]))) return ":authority and Host differ";
  const path = text(headers[":path"]) ?? "";
  if (method === "CONNECT") return { host, target: "" };
  if (path.startsWith("/")) return { host, target: path };
  return path === "*" ? forServer(method, host) : "the target is not a path";
}

/** The server as a whole is asked for by OPTIONS alone. */
function forServer(method: string | undefined, host: string | undefined): Address | string {
  return method === "OPTIONS" ? { host, target: "*" } : "the target * is for OPTIONS alone";
}

function hostLines(rawHeaders: readonly string[] = []): number {
  let lines = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === 4 && name.toLowerCase() === "host") lines += 1;
  }
  return lines;
}

/** Characters of a name in DNS, or of any other that RFC 3986, 3.2.2, allows. */
const MAX_NAME = 255;
/** As there, but for a comma: where a list has a host, as X-Forwarded-Host is one, it would be two. */
const HOST = /^(\[[\da-f:.]+\]|(?:[\w.~!$&'()*+;=-]|%[\da-f]{2})+)(?::(\d{0,5}))?$/i;

function isHost(host: string): boolean {
  const [, name = "", port = ""] = HOST.exec(host) ?? [];
  if (name === "" || name.length > MAX_NAME || Number(port) > 65_535) return false;
  return !name.startsWith("[") || isIPv6(name.slice(1, -1));
}

function isSameHost(one: string, other: string, scheme: string | undefined): boolean {
  return one === other || normalized(one, scheme) === normalized(other, scheme);
}

/** In one case, and without the port that the scheme has by itself. */
function normalized(host: string, scheme: string | undefined): string {
  return host.toLowerCase().replace(scheme === "https" ? /:(?:443)?$/ : /:(?:80)?$/, "");
}

function text(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
