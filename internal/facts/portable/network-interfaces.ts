import { networkInterfaces } from "node:os";
import type { NetworkInterface } from "../facts.ts";
import { systeminformation, whole } from "./systeminformation.ts";

/** The library does not report packet counters; they are 0. */
export async function readNetworkInterfaces(): Promise<NetworkInterface[]> {
  const addresses = networkInterfaces();
  const counters = await (await systeminformation()).networkStats("*");
  return counters.map(({ iface, rx_bytes, tx_bytes, rx_errors, tx_errors }) => {
    const known = addresses[iface] ?? [];
    return {
      name: iface,
      received: whole(rx_bytes),
      transmitted: whole(tx_bytes),
      packets_received: 0,
      packets_transmitted: 0,
      errors_received: whole(rx_errors),
      errors_transmitted: whole(tx_errors),
      mac_address: known[0]?.mac ?? "",
      ip_addresses: known.map(({ address }) => address),
    };
  });
}
