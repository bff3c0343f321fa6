import { randomInt } from "node:crypto";
import { tcpSockets } from "../facts/tcp-sockets.ts";

/** Ports below are for root, or belong to well-known services. */
const LOWEST = 10_000;
const HIGHEST = 65_535;
/** The smallest number of ports among which one is chosen. */
const ENOUGH = 1_000;

/**
 * The ports on which clones with the front `proxy` listen: one for each process, on any address. They are none that the
 * kernel gives to outgoing connections, as these would take them in the moment before the clone listens.
 */
export class ClonePorts {
  /** By the key of the process. */
  readonly #ports = new Map<string, number>();

  /** The port of the process with this key. A new process gets a free one, if there is any. */
  of(key: string): number {
    const port = this.#ports.get(key) ?? this.#choose();
    this.#ports.set(key, port);
    return port;
  }

  known(key: string): number | undefined {
    return this.#ports.get(key);
  }

  /** A process that an earlier keeper has started has this port. */
  keep(key: string, port: number): void {
    this.#ports.set(key, port);
  }

  /** The process has ended. */
  release(key: string): void {
    this.#ports.delete(key);
  }

  #choose(): number {
    const taken = new Set([...this.#ports.values(), ...tcpSockets.portsInUse()]);
    const ports = rangesBeside(tcpSockets.ephemeralPorts()).flatMap(inAnyOrder);
    return ports.find((port) => !taken.has(port)) ?? (ports[0] as number);
  }
}

/** Ranges of ports, the best first: above, below and, where neither has enough, among those of outgoing connections. */
export function rangesBeside([first, last]: readonly [number, number]): readonly (readonly [number, number])[] {
  const others = [
    [last + 1, HIGHEST],
    [LOWEST, first - 1],
  ] as const;
  const large = others.filter(([from, to]) => to - from + 1 >= ENOUGH);
  return large.length > 0 ? large : [[first, last]];
}

/** The ports of a range, from a random one on. */
function inAnyOrder([first, last]: readonly [number, number]): number[] {
  const size = last - first + 1;
  const skipped = randomInt(size);
  return Array.from({ length: size }, (_, i) => first + ((skipped + i) % size));
}
