import type { Host } from "../base/context.ts";
import type { ClusterOptions } from "../cluster/options.ts";
import type { Supervisor } from "../cluster/supervisor.ts";
import { SERVER_WORKERS, supervisorsOf } from "../cluster/supervisors.ts";
import { interceptorOf } from "../commands/console/shared/interceptor-of.ts";
import type { ServerDeps } from "./server.ts";

interface ClusterDeps extends Pick<ServerDeps, "log" | "onGivenUp"> {
  /** URL of the gateway, without a path, which workers get as XSYS_GATEWAY. */
  readonly gateway: string;
}

/** Creates the supervisor of the workers. */
export async function startCluster(
  options: ClusterOptions,
  host: Host,
  { log, onGivenUp, gateway }: ClusterDeps,
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
  const supervisor = new Supervisor(
    { ...options, env: { ...options.env, XSYS_GATEWAY: gateway } },
    { log, onWorkerLine, onGivenUp },
  );
  supervisorsOf(host).set(SERVER_WORKERS, supervisor);
  return supervisor;
}

/** The URL of a gateway that listens on an address. */
export function gatewayUrl(address: string, tls: unknown): string {
  return `${tls === undefined ? "http" : "https"}://${address}`;
}
