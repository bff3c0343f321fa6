import { hashOf } from "./hash.ts";

const MAPPED = "::ffff:";

/**
 * Hash of an address without its port: `a.b.c.d`, `a.b.c.d:port`, an IPv6 address, or `[IPv6]:port`. An IPv4-mapped
 * IPv6 address has the hash of the IPv4 address. The address is hashed in place, without copying it.
 */
export function clientHash(client: string): number {
  const bracketed = client.startsWith("[");
  let from = bracketed ? 1 : 0;
  const bracket = bracketed ? client.indexOf("]") : -1;
  let to = bracket < 0 ? client.length : bracket;
  const isMapped = client.startsWith(MAPPED, from) || client.startsWith("::FFFF:", from);
  if (isMapped && client.indexOf(".", from) > 0) from += MAPPED.length;
  const colon = client.indexOf(":", from);
  const isV4WithPort = colon >= 0 && colon < to && client.lastIndexOf(":") === colon && client.indexOf(".", from) > 0;
  if (isV4WithPort) to = colon;
  return hashOf(client, from, to);
}
