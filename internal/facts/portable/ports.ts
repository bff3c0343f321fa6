import type { Port } from "../facts.ts";
import { systeminformation, whole } from "./systeminformation.ts";

export async function readPorts(): Promise<Port[]> {
  const connections = await (await systeminformation()).networkConnections();
  return connections.map(({ protocol, localAddress, localPort, peerAddress, peerPort, state, pid }) => ({
    protocol: protocolOf(protocol, localAddress),
    local_address: localAddress,
    local_port: whole(localPort),
    remote_address: peerAddress,
    remote_port: whole(peerPort),
    state: state === "" ? "NONE" : state,
    ...(pid > 0 && { pid }),
  }));
}

/** macOS reports `tcp4`, `tcp6`, `tcp46`; Windows reports `tcp` for both families. */
function protocolOf(protocol: string, address: string): Port["protocol"] {
  const isV6 = protocol.endsWith("6") || address.includes(":");
  if (protocol.startsWith("udp")) return isV6 ? "udp6" : "udp";
  return isV6 ? "tcp6" : "tcp";
}
