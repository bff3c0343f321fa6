import si from "systeminformation";
import { platform } from "../../internal/facts/platform.ts";

/** Reads the facts of one row once. */
export type Reading = () => unknown;

export type RowName = "processes" | "cpu" | "memory" | "disks" | "network" | "ports" | "info";

const { signal } = new AbortController();

/** Reads the same as the commands, but without the 100 ms over which processor usage is measured. */
export const OURS_READING: Readonly<Record<RowName, Reading>> = {
  processes: () => platform.processes({}, signal),
  cpu: async () => [await platform.processors(), platform.processorTimes()],
  memory: () => platform.memory(),
  disks: () => platform.disks(),
  network: () => platform.networkInterfaces(),
  ports: () => platform.ports(signal),
  info: async () => [await platform.system(), await platform.processors(), await platform.memory()],
};

/** Without processes, because the library caches their list for half a second. */
export const SYSTEMINFORMATION: Readonly<Partial<Record<RowName, Reading>>> = {
  cpu: () => Promise.all([si.cpu(), si.currentLoad()]),
  memory: () => si.mem(),
  disks: () => si.fsSize(),
  network: () => Promise.all([si.networkInterfaces(), si.networkStats("*")]),
  ports: () => si.networkConnections(),
  info: () => Promise.all([si.osInfo(), si.cpu(), si.mem()]),
};
