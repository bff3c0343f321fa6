import type { GatewayRequest } from "./http-messages.ts";

/** Address of a connection's peer; an IPv4-mapped IPv6 address becomes IPv4. Empty when the connection is closed. */
export function peerAddress({ socket }: GatewayRequest): string {
  return unmapped(socket.remoteAddress ?? "");
}

export function unmapped(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}
