import { promises as fs } from "node:fs";
import type { Port } from "../facts.ts";
import { parseKernelAddress } from "./ip-address.ts";

/** A socket in /proc/net, and its inode, by which the process that has it open is found. */
export interface Socket {
  readonly port: Omit<Port, "pid">;
  readonly inode: string;
}

/**
 * /proc/net/{tcp,tcp6,udp,udp6}, proc_pid_net(5). At each read of a TCP table the kernel walks its whole hash table
 * (2.2 ms), so the read is asynchronous. Systems without IPv6 do not have the IPv6 tables.
 */
export async function readSockets(protocol: Port["protocol"]): Promise<Socket[]> {
  return parseSockets(await readTable(`/proc/net/${protocol}`), protocol);
}

/**
 * Lines such as `  0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000 0 31337 …`: number,
 * local and remote address, state, queues, timer, retransmits, user, timeout, inode. The header and lines in another
 * format are skipped.
 */
export function parseSockets(table: string, protocol: Port["protocol"]): Socket[] {
  const sockets: Socket[] = [];
  for (const line of table.split("\n")) {
    const [, local = "", localPort = "", remote = "", remotePort = "", state = "", inode = ""] =
      SOCKET.exec(line) ?? [];
    if (inode === "") continue;
    sockets.push({
      port: {
        protocol,
        local_address: parseKernelAddress(local),
        local_port: Number.parseInt(localPort, 16),
        remote_address: parseKernelAddress(remote),
        remote_port: Number.parseInt(remotePort, 16),
        state: stateName(state, protocol),
      },
      inode,
    });
  }
  return sockets;
}

const ADDRESS = "([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})";
const SOCKET = new RegExp(`^\\s*\\d+: ${ADDRESS} ${ADDRESS} ([0-9A-F]{2}) \\S+ \\S+ \\S+\\s+\\d+\\s+\\d+ (\\d+)`);

/** include/net/tcp_states.h, numbered from 1. */
const STATES = [
  "ESTABLISHED",
  "SYN_SENT",
  "SYN_RECV",
  "FIN_WAIT1",
  "FIN_WAIT2",
  "TIME_WAIT",
  "CLOSE",
  "CLOSE_WAIT",
  "LAST_ACK",
  "LISTEN",
  "CLOSING",
  "SYN_RECV", // TCP_NEW_SYN_RECV: a half-open connection without a socket of its own
] as const;

/** UDP sockets use two TCP states: ESTABLISHED when connected, CLOSE when not. */
function stateName(hex: string, protocol: Port["protocol"]): string {
  const name = STATES[Number.parseInt(hex, 16) - 1] ?? "UNKNOWN";
  return name === "CLOSE" && protocol.startsWith("udp") ? "NONE" : name;
}

/** Bytes that the kernel prepares per read: one page, which has at least 4 KiB. */
const PAGE = 4096;
/** An upper bound of a line's length in bytes. */
const LINE = 512;

/**
 * Reads a table. Each read fills a page with whole lines, so a read that leaves room for another line was the last. One
 * more read, to see the end of the file, would walk the hash table again.
 */
async function readTable(path: string): Promise<string> {
  const file = await openTable(path);
  if (file === undefined) return "";
  try {
    const buffer = Buffer.allocUnsafe(16 * PAGE);
    let text = "";
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
      text += buffer.toString("latin1", 0, bytesRead);
      if (bytesRead < PAGE - LINE) return text;
    }
  } finally {
    await file.close();
  }
}

async function openTable(path: string) {
  try {
    return await fs.open(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
