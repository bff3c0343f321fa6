import type { ListeningAddress, TcpSockets } from "../facts.ts";
import { listKernelFolder, readKernelFile, readKernelLink } from "./kernel-file.ts";
import { parseSockets, readSockets } from "./socket-table.ts";

/** The two tables of TCP sockets in /proc/net. */
const TABLES = ["tcp", "tcp6"] as const;

export const linuxTcpSockets: TcpSockets = { portsInUse, listeningOn, descriptorOf, ephemeralPorts };

function portsInUse(): ReadonlySet<number> {
  const sockets = TABLES.flatMap((table) => parseSockets(readKernelFile(`/proc/net/${table}`) ?? "", table));
  return new Set(sockets.map(({ port }) => port.local_port));
}

async function listeningOn(wanted: number): Promise<readonly ListeningAddress[]> {
  const sockets = (await Promise.all(TABLES.map(readSockets))).flat();
  return sockets
    .filter(({ port }) => port.local_port === wanted && port.state === "LISTEN")
    .map(({ port, inode }) => ({ address: port.local_address, inode }));
}

function descriptorOf(pid: number, inode: string): number | undefined {
  const folder = `/proc/${pid}/fd`;
  const names = listKernelFolder(folder);
  const found = names.find((name) => readKernelLink(`${folder}/${name}`) === `socket:[${inode}]`);
  return found === undefined ? undefined : Number(found);
}

/** net.ipv4.ip_local_port_range, ip(7). */
function ephemeralPorts(): readonly [first: number, last: number] {
  const numbers = readKernelFile("/proc/sys/net/ipv4/ip_local_port_range")?.trim().split(/\s+/).map(Number) ?? [];
  const [first = Number.NaN, last = Number.NaN] = numbers;
  return Number.isInteger(first) && Number.isInteger(last) ? [first, last] : [32_768, 60_999];
}
