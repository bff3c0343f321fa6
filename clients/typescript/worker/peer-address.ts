export interface PeerAddress {
  readonly address: string | undefined;
  readonly port: number | undefined;
}

/**
 * Parses a client address sent by the gateway: `1.2.3.4`, `1.2.3.4:5`, `[::1]:5`, `::1`, or a forwarded chain of these,
 * separated by commas, whose first entry is the client.
 */
export function peerAddress(text: string): PeerAddress {
  const comma = text.indexOf(",");
  const first = comma < 0 ? text : text.slice(0, comma).trimEnd();
  const colon = first.lastIndexOf(":");
  if (first.startsWith("[")) {
    const end = first.indexOf("]");
    return { address: first.slice(1, end), port: colon > end ? Number(first.slice(colon + 1)) : undefined };
  }
  if (colon < 0 || first.indexOf(":") !== colon) return { address: first || undefined, port: undefined };
  return { address: first.slice(0, colon), port: Number(first.slice(colon + 1)) };
}
