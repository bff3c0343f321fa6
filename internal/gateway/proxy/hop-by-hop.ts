/**
 * Fields that apply to one connection and are not forwarded. Sources: RFC 9110, 7.6.1; RFC 9113, 8.2.2; RFC 2616,
 * 13.5.1.
 */
const HOP_BY_HOP = new Set([
  "connection",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
const NONE: ReadonlySet<string> = new Set();

/** Returns a test for lower-case names that are not forwarded, including those listed in Connection. */
export function hopByHop(connection: string | readonly string[] | undefined): (name: string) => boolean {
  const named = namesIn(connection);
  if (named.size === 0) return isHopByHop;
  return (name) => HOP_BY_HOP.has(name) || named.has(name);
}

function isHopByHop(name: string): boolean {
  return HOP_BY_HOP.has(name);
}

function namesIn(connection: string | readonly string[] | undefined): ReadonlySet<string> {
  if (connection === undefined || connection === "keep-alive" || connection === "close") return NONE;
  const names = String(connection).toLowerCase().split(",");
  return new Set(names.map((name) => name.trim()).filter((name) => name !== "" && !KEPT.has(name)));
}

/** Fields that Connection must not remove: a client could hide its identity or the target. */
const KEPT = new Set([
  "host",
  "content-length",
  "content-type",
  "forwarded",
  "x-real-ip",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
]);
