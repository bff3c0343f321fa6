import type { Port } from "../facts.ts";
import { readSocketOwners } from "./socket-owners.ts";
import { readSockets } from "./socket-table.ts";

/** Reads the kernel's four socket tables and, at the same time, finds the process of each socket. */
export async function readPorts(signal: AbortSignal): Promise<Port[]> {
  const tables = Promise.all((["tcp", "tcp6", "udp", "udp6"] as const).map(readSockets));
  const [sockets, owners] = await Promise.all([tables, readSocketOwners(signal)]);
  return sockets.flat().map(({ port, inode }) => {
    const pid = owners.get(inode);
    return pid === undefined ? port : { ...port, pid };
  });
}
