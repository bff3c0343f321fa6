import { connect } from "node:net";
import { pause } from "../../../protocol/timers.ts";
import { tcpSockets } from "../../facts/tcp-sockets.ts";
import { descendantsOf } from "../../processes/descendants.ts";
import type { ProcessIdentity } from "../../processes/identity.ts";
import { CLONE_KEY } from "../clone-environment.ts";

/** Milliseconds between two looks: a tenth of the time that has passed, from 10 to 250. */
const SHORTEST_PAUSE = 10;
const LONGEST_PAUSE = 250;
/** Milliseconds for a connection to this machine. */
const CONNECT_TIMEOUT = 1_000;

/** A process that is to listen on a port. */
export interface Listener extends ProcessIdentity {
  readonly key: string;
  readonly port: number;
}

/**
 * Resolves to the host at which the process, or one that it has started, listens on its port. A socket of any other process
 * does not count. Resolves to undefined when `signal` is aborted.
 */
export async function waitUntilListens(listener: Listener, signal: AbortSignal): Promise<string | undefined> {
  const since = performance.now();
  while (!signal.aborted) {
    const host = await hostOf(listener).catch(() => undefined); // no descriptor is free to look: later
    if (host !== undefined || signal.aborted) return host;
    const passed = performance.now() - since;
    await pause(Math.min(LONGEST_PAUSE, Math.max(SHORTEST_PAUSE, passed / 10)));
  }
  return undefined;
}

async function hostOf(listener: Listener): Promise<string | undefined> {
  const sockets = await tcpSockets.listeningOn(listener.port);
  for (const { address, inode } of sockets) {
    if (!isOwn(listener, inode)) continue;
    const hosts = hostsOf(address);
    if (hosts.length === 1) return hosts[0];
    for (const host of hosts) if (await accepts(host, listener.port)) return host;
  }
  return undefined;
}

function isOwn(listener: Listener, inode: string): boolean {
  if (tcpSockets.descriptorOf(listener.pid, inode) !== undefined) return true;
  const others = descendantsOf(listener, { name: CLONE_KEY, value: listener.key });
  return others.some(({ pid }) => tcpSockets.descriptorOf(pid, inode) !== undefined);
}

/** Where a socket with this local address can be reached. `::` may be for IPv6 only, or IPv6 may be off: both are tried. */
function hostsOf(address: string): readonly string[] {
  if (address === "0.0.0.0") return ["127.0.0.1"];
  if (address === "::") return ["[::1]", "127.0.0.1"];
  const mapped = address.replace(/^::ffff:(?=\d+\.)/, "");
  return [mapped.includes(":") ? `[${mapped}]` : mapped];
}

function accepts(host: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host: host.replace(/^\[|\]$/g, ""), port, timeout: CONNECT_TIMEOUT });
  for (const event of ["error", "timeout"] as const) socket.on(event, () => resolve(false));
  socket.on("connect", () => resolve(true));
  return promise.finally(() => socket.destroy());
}
