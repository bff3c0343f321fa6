import type { Host } from "../base/context.ts";
import type { ClusterOptions } from "../cluster/options.ts";
import type { Supervisor } from "../cluster/supervisor.ts";
import { SERVER_WORKERS, supervisorsOf } from "../cluster/supervisors.ts";
import { interceptorOf } from "../commands/console/shared/interceptor-of.ts";
import type { ServerDeps } from "./server.ts";

/** Creates the supervisor of the workers. */
export async function startCluster(
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
