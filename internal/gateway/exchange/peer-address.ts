import type { GatewayRequest } from "./http-messages.ts";

/** Address at the other end of a request's connection, IPv4 also where it came mapped into IPv6; empty when it is gone. */
export function peerAddress({ socket }: GatewayRequest): string {
  return unmapped(socket.remoteAddress ?? "");
}

export function unmapped(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}
