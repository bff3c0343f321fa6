import { hashOf } from "./hash.ts";

const MAPPED = "::ffff:";

/**
 * Hash of an address alone: `a.b.c.d`, `a.b.c.d:port`, an IPv6 address, `[IPv6]:port`. An IPv4 address written as an IPv6
 * one is the IPv4 one. It finds where the address begins and ends, and copies nothing.
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
