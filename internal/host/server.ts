import type { Host } from "../base/context.ts";
import type { Logger } from "../base/log.ts";
import type { ClusterOptions } from "../cluster/options.ts";
import type { Supervisor } from "../cluster/supervisor.ts";
import { SERVER_WORKERS, supervisorsOf } from "../cluster/supervisors.ts";
import { interceptorOf } from "../commands/console/shared/interceptor-of.ts";
import { openGateway } from "../gateway/open-gateway.ts";
import type { GatewayOptions } from "../gateway/options.ts";
import type { Role } from "../ipc/role.ts";

/** What `server start` adds to the service. */
export interface ServerOptions {
  readonly gateway: GatewayOptions;
  /** Absent where the workers are started by others. */
  readonly cluster?: ClusterOptions;
}

/** Workers and the HTTP in front of them, as modules of a service. */
export interface Server {
  readonly workers: Role;
  /** host:port of HTTP, once it listens. */
  readonly address: string;
  /** Whether a worker is connected, or a process of the cluster's is about to be one. */
  readonly hasWorker: boolean;
  /** Binds HTTP's port; with it, the workers of a cluster are started. The service's socket listens by then. */
  start(host: Host, socket: string): Promise<void>;
  /**
   * Takes no more requests, lets those under way finish, ends the workers, and closes what is left. With `force`, at
   * once; it may be said later too.
   */
  stop(force: boolean): Promise<void>;
}

export interface ServerDeps {
  readonly log: Logger;
  readonly maxFrame: number;
  /** Milliseconds that requests under way have to finish at the end. */
  readonly drainTimeout: number;
  /** All workers were given up: the service is of no use any more. */
  readonly onGivenUp: (why: string) => void;
}

export async function createServer(
  options: ServerOptions,
  { log, maxFrame, drainTimeout, onGivenUp }: ServerDeps,
): Promise<Server> {
  let supervisor: Supervisor | undefined;
  const workers = () => ({
    wanted: options.cluster?.workers ?? 0,
    restarts: supervisor?.restarts ?? 0,
    states: supervisor?.states ?? {},
    memory: supervisor?.status().members.map(({ id, memory }) => ({ id, memory })) ?? [],
  });
  const gateway = await openGateway(options.gateway, { log, maxFrame, workers });
  let address = "";
  let stopping: Promise<void> | undefined;

  const stop = async () => {
    await gateway.drain(drainTimeout);
    await supervisor?.stop();
    gateway.close();
  };
  return {
    workers: gateway.pool,
    get address() {
      return address;
    },
    get hasWorker() {
      const members = supervisor?.status().members ?? [];
      return gateway.pool.connected > 0 || members.some(({ state }) => state === "starting");
    },
    start: async (host, socket) => {
      const { address: ip, port, family } = await gateway.listen();
      address = family === "IPv6" ? `[${ip}]:${port}` : `${ip}:${port}`;
      if (options.cluster === undefined) return;
      const cluster = await startCluster(options.cluster, host, { socket, log, onGivenUp });
      if (stopping !== undefined) return; // a client of the socket was quicker
      supervisor = cluster;
      gateway.pool.source = supervisor;
      supervisor.start();
    },
    stop: (force) => {
      stopping ??= stop();
      if (!force) return stopping;
      gateway.close();
      return supervisor?.stop(true) ?? stopping;
    },
  };
}

async function startCluster(
  options: ClusterOptions,
  host: Host,
  { socket, log, onGivenUp }: Pick<ServerDeps, "log" | "onGivenUp"> & { readonly socket: string },
): Promise<Supervisor> {
  const { Supervisor } = await import("../cluster/supervisor.ts");
  const interceptor = interceptorOf(host);
  const onWorkerLine = (id: string, stream: "stdout" | "stderr", line: string, isRepeat: boolean) => {
    const level = stream === "stdout" ? "log" : "error";
    const shown = interceptor.isConfigured ? interceptor.intercept(line, level, Number(id)) : line;
    if (shown === "") return;
    if (isRepeat) log.debug(`[Worker ${id}] ${shown}`);
    else if (level === "log") log.info(`[Worker ${id}] ${shown}`);
    else log.warn(`[Worker ${id}] ${shown}`);
  };
  const env = { ...options.env, XYPRISS_IPC_PATH: socket };
  const supervisor = new Supervisor({ ...options, env }, { log, onWorkerLine, onGivenUp });
  supervisorsOf(host).set(SERVER_WORKERS, supervisor);
  return supervisor;
}
