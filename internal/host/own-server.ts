import type { Supervisor } from "../cluster/supervisor.ts";
import { openGateway } from "../gateway/open-gateway.ts";
import type { Server, ServerDeps, ServerOptions } from "./server.ts";
import { gatewayUrl, startCluster } from "./start-cluster.ts";

/** The server of a service that is the gateway itself. */
export async function createOwnServer(
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
    roles: [gateway.pool],
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
      const url = gatewayUrl(address, options.gateway.tls);
      const cluster = await startCluster(options.cluster, host, { log, onGivenUp, gateway: url });
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
