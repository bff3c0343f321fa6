import type { Host } from "../base/context.ts";
import type { Supervisor } from "../cluster/supervisor.ts";
import { createGuards } from "../gateway/guards/guards.ts";
import { createLimitGates } from "../gateway/limits/gates.ts";
import { createPages, type PageName } from "../gateway/observe/status-pages.ts";
import { limitsOf, type StatusSources } from "../gateway/observe/status-sources.ts";
import { type HeldSocket, holdSocket } from "../ipc/held-socket.ts";
import { CommonBreaker } from "./gateways/common-breaker.ts";
import { CommonFigures } from "./gateways/common-figures.ts";
import { Gateways } from "./gateways/gateways.ts";
import { divideOptions, type GatewaysOptions } from "./gateways/options.ts";
import { Passages } from "./gateways/passages.ts";
import { SharedPool } from "./gateways/shared-pool.ts";
import { textOf } from "./gateways/text-of.ts";
import type { Server, ServerDeps, ServerOptions } from "./server.ts";
import { gatewayUrl, startCluster } from "./start-cluster.ts";

/**
 * The server of a service with several gateway processes. The service holds the HTTP socket without accepting
 * connections, supervises gateways and workers, and decides what holds for all gateways together.
 */
export async function createSharedServer(
  options: ServerOptions,
  gatewaysOptions: GatewaysOptions,
  { log, maxFrame, drainTimeout, socket, onGivenUp, onAnswered }: ServerDeps,
): Promise<Server> {
  const { count } = gatewaysOptions;
  const { own, common, shared } = divideOptions(options.gateway, count, log);
  const limits = await createLimitGates(common, log);
  const guards = await createGuards(common.guards, { log });
  const figures = new CommonFigures();
  const pool = new SharedPool({ queueTimeout: own.queueTimeout, log });
  let workers: Supervisor | undefined;
  let gateways: Gateways | undefined;
  let held: HeldSocket | undefined;
  let address = "";
  let stopping: Promise<void> | undefined;

  const sources: StatusSources = {
    metrics: figures,
    inFlight: () => figures.inFlight,
    queued: () => figures.queued + (limits.concurrency?.waiting ?? 0),
    limits: limitsOf(options.gateway),
    workersWanted: () => options.cluster?.workers ?? 0,
    workersReady: () => pool.ready,
    workerRestarts: () => workers?.restarts ?? 0,
    workerStates: () => workers?.states ?? {},
    workerMemory: () => workers?.status().members.map(({ id, memory }) => ({ id, memory })) ?? [],
    gateways: () => gateways?.figures ?? { wanted: count, ready: 0, restarts: 0, processes: [] },
  };
  const pages = createPages(sources);
  const page = async (name: string) => {
    await figures.update();
    onAnswered();
    const { status, headers, body } = await pages[name as PageName]();
    const texts = Object.entries(headers).map(([field, value]) => [field, String(value)]);
    return { status, headers: Object.fromEntries(texts) as Record<string, string>, body: textOf(body) };
  };
  const broadcast = (type: string, payload: unknown) => gateways?.broadcast(type, payload);
  const parts = {
    ...{ pool, figures, page, quality: limits.quality },
    passages: new Passages([...limits.gates, ...guards.gates]),
    breaker: common.breaker && new CommonBreaker(common.breaker, broadcast),
  };
  const openGateways = ({ descriptor }: HeldSocket) =>
    new Gateways(
      {
        ...gatewaysOptions,
        ...{ log, socket, descriptor },
        configuration: { options: own, shared, maxFrame, drainTimeout, logLevel: log.level },
      },
      parts,
    );
  const close = () => {
    held?.close();
    pool.close();
    limits.close();
  };
  const stop = async () => {
    held?.close();
    await gateways?.stop();
    await workers?.stop();
    close();
  };
  return {
    roles: [
      pool,
      {
        takenBy: "RegisterGateway",
        admit: (peer, registration) => {
          if (gateways === undefined) throw new Error("no gateway was started");
          return gateways.admit(peer, registration);
        },
      },
    ],
    get address() {
      return address;
    },
    get hasWorker() {
      const members = workers?.status().members ?? [];
      return pool.connected > 0 || members.some(({ state }) => state === "starting");
    },
    get gateways() {
      return gateways?.figures;
    },
    start: async (host: Host) => {
      held = await holdSocket(own.host, own.port);
      const { address: ip, port, family } = held.address;
      address = family === "IPv6" ? `[${ip}]:${port}` : `${ip}:${port}`;
      if (stopping !== undefined) return close();
      gateways = openGateways(held);
      await gateways.start();
      if (options.cluster === undefined || stopping !== undefined) return;
      const url = gatewayUrl(address, options.gateway.tls);
      const cluster = await startCluster(options.cluster, host, { log, onGivenUp, gateway: url });
      if (stopping !== undefined) return; // stopped by a client of the socket meanwhile
      workers = cluster;
      pool.source = cluster;
      cluster.start();
    },
    stop: (force) => {
      stopping ??= stop();
      if (!force) return stopping;
      close();
      return Promise.all([gateways?.stop(true), workers?.stop(true)]).then(() => stopping);
    },
  };
}
