import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import type { NetworkInterface } from "../facts.ts";
import { readKernelFile } from "./kernel-file.ts";

/** /proc/net/dev, proc_pid_net(5). Addresses are from Node, which lists only interfaces that have one. */
export function readNetworkInterfaces(): NetworkInterface[] {
  const addresses = networkInterfaces();
  return parseNetworkCounters(readFileSync("/proc/net/dev", "utf8")).map((counters) => {
    const known = addresses[counters.name] ?? [];
    return {
      ...counters,
      mac_address: known[0]?.mac ?? readKernelFile(`/sys/class/net/${counters.name}/address`)?.trim() ?? "",
      ip_addresses: known.map(({ address }) => address),
    };
  });
}

type Counters = Omit<NetworkInterface, "mac_address" | "ip_addresses">;

/**
 * Two header lines, then one line per interface: `eth0: `, eight receive counters and eight transmit counters: bytes,
 * packets, errors, drops, fifo, frame, compressed, multicast. There may be no space between the colon and a large
 * counter.
 */
export function parseNetworkCounters(dev: string): Counters[] {
  return dev.split("\n").flatMap((line) => {
    const colon = line.lastIndexOf(":");
    const fields = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/)
      .map(Number);
    if (colon < 0 || fields.length < 16 || !fields.every(Number.isFinite)) return [];
    const field = (index: number) => fields[index] ?? 0;
    return {
      name: line.slice(0, colon).trim(),
      received: field(0),
      transmitted: field(8),
      packets_received: field(1),
      packets_transmitted: field(9),
      errors_received: field(2),
      errors_transmitted: field(10),
    };
  });
}
