import type { TcpSockets } from "./facts.ts";
import { linuxTcpSockets } from "./linux/tcp-sockets.ts";

/** What any system answers. */
export const portableTcpSockets: TcpSockets = {
  portsInUse: () => new Set(),
  listeningOn: async () => [],
  descriptorOf: () => undefined,
  ephemeralPorts: () => [49_152, 65_535],
};

export const tcpSockets: TcpSockets = process.platform === "linux" ? linuxTcpSockets : portableTcpSockets;
