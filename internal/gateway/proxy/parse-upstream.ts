import { XsysError } from "../../../protocol/errors.ts";

/** Address of a server that requests are forwarded to. */
export interface UpstreamAddress {
  /** `http://host:port` or `https://host:port`, without a default port. */
  readonly origin: string;
  readonly isTls: boolean;
  /** Host name or IP address; IPv6 without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** From 1 to 999. */
  readonly weight: number;
}

/**
 * Parses upstreams of the form `http://host:port` or `https://host:port`, with an optional `#weight` at the end. A
 * path, a query or a password is refused, as its effect would be unclear.
 * @throws INVALID_PARAMS
 */
export function parseUpstreams(texts: readonly string[]): UpstreamAddress[] {
  if (texts.length === 0) throw new XsysError("INVALID_PARAMS", "a proxy needs at least one upstream");
  const upstreams = texts.map(parseUpstream);
  const origins = upstreams.map(({ origin }) => origin);
  const twice = origins.find((origin, i) => origins.indexOf(origin) !== i);
  if (twice !== undefined) throw refuse(twice, "it is named twice; use a weight, such as #2, to change its share");
  return upstreams;
}

/** @throws INVALID_PARAMS */
export function parseUpstream(text: string): UpstreamAddress {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw refuse(text, "not a URL of the form http://host:port or https://host:port");
  }
  if (url.username !== "" || url.password !== "") throw refuse(url.origin, "it has a user or a password");
  if (url.pathname !== "/" || url.search !== "") throw refuse(text, "it has a path or a query");
  const isTls = url.protocol === "https:";
  return {
    origin: url.origin,
    isTls,
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (isTls ? 443 : 80) : Number(url.port),
    weight: weightOf(url.hash, text),
  };
}

function weightOf(hash: string, text: string): number {
  if (hash === "") return 1;
  if (!/^#[1-9]\d{0,2}$/.test(hash)) throw refuse(text, "its weight is not a number from 1 to 999");
  return Number(hash.slice(1));
}

function refuse(upstream: string, reason: string): XsysError {
  return new XsysError("INVALID_PARAMS", `invalid upstream "${upstream}": ${reason}`, { details: { upstream } });
}
