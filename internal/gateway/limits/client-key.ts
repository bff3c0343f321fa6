import { isIPv6 } from "node:net";

const NETWORK_GROUPS = 4;

/** The key a client is counted by: its IPv4 address, or its IPv6 /64 network, in which it can choose any address. */
export function clientKey(address: string): string {
  if (!address.includes(":") || !isIPv6(address)) return address;
  const [head = "", tail] = address.split("::", 2);
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    const last = tail === "" ? 0 : tail.split(":").length + (tail.includes(".") ? 1 : 0);
    const zeros = 8 - groups.length - last;
    groups.push(...Array<string>(zeros).fill("0"), ...tail.split(":"));
  }
  const network = groups.slice(0, NETWORK_GROUPS).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(":")}::/64`;
}
