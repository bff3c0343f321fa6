import { XsysError } from "../../../protocol/errors.ts";

/** A server that requests are passed on to. */
export interface UpstreamAddress {
  /** `http://host:port` or `https://host:port`, the port left out where it is the scheme's own. */
  readonly origin: string;
  readonly isTls: boolean;
  /** A name or an address, IPv6 without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** 1 to 999. */
  readonly weight: number;
}

/**
 * The servers of `http://host:port` each, with `#weight` at the end or without. One with a path, a query or a password
 * is refused: what would become of it is anybody's guess.
 * @throws INVALID_PARAMS
 */
export function parseUpstreams(texts: readonly string[]): UpstreamAddress[] {
  if (texts.length === 0) throw new XsysError("INVALID_PARAMS", "a proxy needs one upstream at least");
  const upstreams = texts.map(parseUpstream);
  const origins = upstreams.map(({ origin }) => origin);
  const twice = origins.find((origin, i) => origins.indexOf(origin) !== i);
  if (twice !== undefined) throw refuse(twice, "it is named twice; its share is told by a weight, as in #2");
  return upstreams;
}

function parseUpstream(text: string): UpstreamAddress {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw refuse(text, "it is no URL of the form http://host:port or https://host:port");
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
  if (!/^#[1-9]\d{0,2}$/.test(hash)) throw refuse(text, "its weight is no number from 1 to 999");
  return Number(hash.slice(1));
}

function refuse(upstream: string, reason: string): XsysError {
  return new XsysError("INVALID_PARAMS", `"${upstream}" cannot be an upstream: ${reason}`, { details: { upstream } });
}
