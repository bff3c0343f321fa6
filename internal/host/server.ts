import type { Host } from "../base/context.ts";
import type { Logger } from "../base/log.ts";
import type { ClusterOptions } from "../cluster/options.ts";
import type { GatewaysFigures } from "../gateway/observe/status-sources.ts";
import type { GatewayOptions } from "../gateway/options.ts";
import type { Role } from "../ipc/role.ts";
import type { GatewaysOptions } from "./gateways/options.ts";

/** Options that `server start` adds to the service. */
export interface ServerOptions {
  readonly gateway: GatewayOptions;
  /** Several gateway processes; absent if the service is the gateway. */
  readonly gateways?: GatewaysOptions;
  /** Absent if the workers are not started by this service. */
  readonly cluster?: ClusterOptions;
}

/** The HTTP gateway and its workers, as a part of a service. */
export interface Server {
  /** Roles of the processes that connect to the service's socket: workers, and gateways. */
  readonly roles: readonly Role[];
  /** host:port of the HTTP listener, once it listens. */
  readonly address: string;
  /** Whether a worker is connected, or a worker process is starting. */
  readonly hasWorker: boolean;
  /** The gateway processes; absent if the service is the gateway. */
  readonly gateways?: GatewaysFigures | undefined;
  /** Binds the HTTP port, then starts the workers of the cluster. The service's socket must be listening. */
  start(host: Host): Promise<void>;
  /**
   * Accepts no more requests, drains those in progress, stops the workers, and closes the gateway. With `force`, at
   * once; a second call may force a stop in progress.
   */
  stop(force: boolean): Promise<void>;
}

export interface ServerDeps {
  readonly log: Logger;
  readonly maxFrame: number;
  /** The service's own socket. */
  readonly socket: string;
  /** Milliseconds that requests in progress have to finish during a stop. */
  readonly drainTimeout: number;
  /** All workers were abandoned, so the service cannot answer requests. */
  readonly onGivenUp: (why: string) => void;
  /** Called at the end of each request. */
  readonly onAnswered: () => void;
}
