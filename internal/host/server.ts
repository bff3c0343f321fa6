import type { Host } from "../base/context.ts";
import type { Logger } from "../base/log.ts";
import type { ClusterOptions } from "../cluster/options.ts";
import type { Supervisor } from "../cluster/supervisor.ts";
import { SERVER_WORKERS, supervisorsOf } from "../cluster/supervisors.ts";
import { interceptorOf } from "../commands/console/shared/interceptor-of.ts";
import { openGateway } from "../gateway/open-gateway.ts";
import type { GatewayOptions } from "../gateway/options.ts";
import type { Role } from "../ipc/role.ts";

/** Options that `server start` adds to the service. */
export interface ServerOptions {
  readonly gateway: GatewayOptions;
  /** Absent if the workers are not started by this service. */
  readonly cluster?: ClusterOptions;
}

/** The HTTP gateway and its workers, as a part of a service. */
export interface Server {
  readonly workers: Role;
  /** host:port of the HTTP listener, once it listens. */
  readonly address: string;
  /** Whether a worker is connected, or a worker process is starting. */
  readonly hasWorker: boolean;
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
  /** Milliseconds that requests in progress have to finish during a stop. */
  readonly drainTimeout: number;
  /** All workers were abandoned, so the service cannot answer requests. */
  readonly onGivenUp: (why: string) => void;
  /** Called at the end of each request. */
  readonly onAnswered: () => void;
}

export async function createServer(
  options: ServerOptions,
  { log, maxFrame, drainTimeout, onGivenUp, onAnswered }: ServerDeps,
): Promise<Server> {
  let supervisor: Supervisor | undefined;
  const workers = () => ({
    wanted: options.cluster?.workers ?? 0,
    restarts: supervisor?.restarts ?? 0,
    states: supervisor?.states ?? {},
    memory: supervisor?.status().members.map(({ id, memory }) => ({ id, memory })) ?? [],
  });
  const gateway = await openGateway(options.gateway, { log, maxFrame, workers, onAnswered });
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
    start: async (host) => {
      const { address: ip, port, family } = await gateway.listen();
      address = family === "IPv6" ? `[${ip}]:${port}` : `${ip}:${port}`;
      if (options.cluster === undefined) return;
      const cluster = await startCluster(options.cluster, host, { log, onGivenUp });
      if (stopping !== undefined) return; // stopped by a client of the socket meanwhile
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
  { log, onGivenUp }: Pick<ServerDeps, "log" | "onGivenUp">,
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
  const supervisor = new Supervisor(options, { log, onWorkerLine, onGivenUp });
  supervisorsOf(host).set(SERVER_WORKERS, supervisor);
  return supervisor;
}
