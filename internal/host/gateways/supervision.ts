import { GATEWAY_ID, GATEWAY_KEY, GATEWAY_SOCKET, type GatewayConfiguration } from "../../../protocol/wire/gateway.ts";
import type { Logger } from "../../base/log.ts";
import type { ClusterOptions } from "../../cluster/options.ts";
import type { WorkerChannel } from "../../workers/channel.ts";
import type { GatewayPeer } from "./gateway-peer.ts";
import type { GatewaysOptions } from "./options.ts";

/** Milliseconds for a gateway to accept connections after its start. */
export const READY_TIMEOUT = 30_000;
/** Milliseconds that a gateway may take longer to drain than its requests: idle connections stay open for a moment. */
const DRAIN_GRACE = 1_000;

export interface GatewaysDeps extends GatewaysOptions {
  readonly log: Logger;
  /** The service's own socket, to which gateways connect. */
  readonly socket: string;
  /** Descriptor of the listening HTTP socket. */
  readonly descriptor: number;
  readonly configuration: Omit<GatewayConfiguration, "socket">;
}

/** A gateway as its supervisor sees it. */
export function channelOf(gateway: GatewayPeer): WorkerChannel {
  const { id, key, pid } = gateway.registration;
  return {
    id,
    key,
    pid,
    get inFlight() {
      return gateway.load.inFlight;
    },
    endedByRequest: false,
    requestsInFlight: () => [],
    setActive: () => {},
    warmUp: () => {},
    drain: () => gateway.drain(),
    forceGc: () => {},
    ping: () => gateway.ping(),
    close: () => gateway.close(),
    onClose: (listener) => gateway.onGone(listener),
  };
}

/** Gateways are supervised like workers, with limits that do not depend on the flags for workers. */
export function supervision({ count, command, socket, descriptor, configuration }: GatewaysDeps): ClusterOptions {
  return {
    kind: "gateway",
    command,
    cwd: process.cwd(),
    env: { [GATEWAY_SOCKET]: socket },
    // The service runs on the same program, which takes no options from there.
    notInherited: ["NODE_OPTIONS"],
    identify: (id, key) => ({ [GATEWAY_ID]: id, [GATEWAY_KEY]: key }),
    descriptors: [descriptor],
    workers: count,
    standbys: 0,
    readyWhen: "registered",
    readyTimeout: READY_TIMEOUT,
    drainTimeout: configuration.drainTimeout + DRAIN_GRACE,
    stopTimeout: 2_000,
    respawn: true,
    backoff: { first: 10, most: 30_000, mostInService: 1_000 },
    stableAfter: 10_000,
    checkInterval: 5_000,
    hardLimits: false,
    intelligence: false,
    priority: 0,
    pingInterval: 2_000,
    pingTimeout: 10_000,
  };
}
