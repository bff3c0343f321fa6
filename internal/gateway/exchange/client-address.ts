import { isIP, isIPv6 } from "node:net";
import proxyAddr from "proxy-addr";
import { XsysError } from "../../../protocol/errors.ts";
import type { Exchange } from "./exchange.ts";
import type { GatewayRequest } from "./http-messages.ts";
import { peerAddress, unmapped } from "./peer-address.ts";

/** Maximum number of hops of a forwarded chain that are checked. Farther entries are not credible. */
const MAX_HOPS = 32;
/** Maximum number of addresses in the cache of trust decisions. */
const MAX_REMEMBERED = 1_000;

/**
 * Returns the address of a request's client, without port. An IPv4-mapped IPv6 address becomes IPv4. Behind trusted
 * proxies (`loopback`, `linklocal`, `uniquelocal`, CIDR, an address, or `*` for any) it is the last address of
 * X-Forwarded-For that is not trusted, else X-Real-Ip.
 * @throws INVALID_PARAMS
 */
export function createClientAddress(trusted: readonly string[]): (request: GatewayRequest) => string {
  if (trusted.length === 0) return peerAddress;
  const isTrusted = compileTrust(trusted);
  return (request) => {
    const peer = peerAddress(request);
    return isTrusted(peer) ? forwardedClient(request, peer, isTrusted) : peer;
  };
}

/**
 * Returns whether a request comes from a trusted proxy.
 * @throws INVALID_PARAMS
 */
export function createTrust(trusted: readonly string[]): (request: GatewayRequest) => boolean {
  if (trusted.length === 0) return () => false;
  const isTrusted = compileTrust(trusted);
  return (request) => isTrusted(peerAddress(request));
}

/**
 * Returns the client's address in the form sent to workers: from a trusted proxy all of X-Forwarded-For, else
 * X-Real-Ip; otherwise the socket's address and port. IPv6 is in brackets and always has a port, as workers cut at the
 * last colon.
 * @throws INVALID_PARAMS
 */
export function createRemoteAddr(trusted: readonly string[]): (exchange: Exchange) => string {
  if (trusted.length === 0) return socketAddressAndPort;
  const isTrusted = compileTrust(trusted);
  return (exchange) => {
    const named = isTrusted(peerAddress(exchange.request)) ? forwarded(exchange.request) : "";
    if (named === "") return socketAddressAndPort(exchange);
    if (named.includes(",")) return named;
    const address = bareAddress(named);
    return isIPv6(address) ? `[${address}]:0` : named;
  };
}

function compileTrust(trusted: readonly string[]): (address: string) => boolean {
  if (trusted.includes("*")) return () => true;
  try {
    const isTrusted = proxyAddr.compile([...trusted]);
    return remembered((address) => isTrusted(address, 0));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new XsysError("INVALID_PARAMS", `trusting the proxies "${trusted.join(",")}" failed: ${reason}`, {
      details: { trusted },
      cause: error,
    });
  }
}

/** Cached because parsing an address takes at least 1 µs, and requests come from the same few proxies. */
function remembered(isTrusted: (address: string) => boolean): (address: string) => boolean {
  const known = new Map<string, boolean>();
  return (address) => {
    const before = known.get(address);
    if (before !== undefined) return before;
    if (known.size >= MAX_REMEMBERED) known.clear();
    const trusted = isTrusted(address);
    known.set(address, trusted);
    return trusted;
  };
}

function forwardedClient(request: GatewayRequest, peer: string, isTrusted: (address: string) => boolean): string {
  const chain = header(request, "x-forwarded-for");
  if (chain === "") return addressOr(header(request, "x-real-ip"), peer);
  let client = peer;
  let end = chain.length;
  for (let hops = 0; hops < MAX_HOPS && end >= 0; hops++) {
    const comma = chain.lastIndexOf(",", end - 1);
    const address = bareAddress(chain.slice(comma + 1, end));
    if (isIP(address) === 0) break; // "unknown", or arbitrary text from a client
    client = address;
    if (comma < 0 || !isTrusted(address)) break;
    end = comma;
  }
  return client;
}

function forwarded(request: GatewayRequest): string {
  return header(request, "x-forwarded-for") || addressOr(header(request, "x-real-ip"), "");
}

function header(request: GatewayRequest, name: string): string {
  const value = request.headers[name];
  return (Array.isArray(value) ? value.join(", ") : (value ?? "")).trim();
}

function addressOr(text: string, other: string): string {
  const address = bareAddress(text);
  return isIP(address) === 0 ? other : address;
}

/** Removes the port and the brackets that some proxies add. */
function bareAddress(text: string): string {
  const [, bracketed, withPort] = /^\[([^\]]*)\](?::\d+)?$|^([\d.]+):\d+$/.exec(text.trim()) ?? [];
  return unmapped(bracketed ?? withPort ?? text.trim());
}

function socketAddressAndPort({ request }: Exchange): string {
  const address = peerAddress(request);
  const port = request.socket.remotePort ?? 0;
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
