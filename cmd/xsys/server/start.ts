import { setFlagsFromString } from "node:v8";
import type { Logger } from "../../../internal/base/log.ts";
import { type Service, startService } from "../../../internal/host/service.ts";
import { ERRORS } from "../../../protocol/errors.ts";
import { stopOnSignals, surviveDefects } from "../service-process.ts";
import { announce } from "./announce.ts";
import { auditPlugins } from "./audit-plugins.ts";
import { clearSocketPath } from "./clear-socket-path.ts";
import { tellFailure } from "./failure.ts";
import { firewallCommands } from "./firewall-commands.ts";
import { createServerLog, type ServerLog } from "./log/server-log.ts";
import { isOrphan, PATIENCE, ParentWatch, parentEnd } from "./parent-watch.ts";
import { type ServerOptions, serverOptions } from "./server-options.ts";

/** Runs the service with workers and HTTP until it is stopped, and gives the exit status. */
export async function startServer(words: readonly string[]): Promise<number> {
  keepShortLivedYoung();
  const isParentGone = parentEnd();
  const options = await serverOptions(words);
  const isAbandoned = options.endsWithParent === true && (await isOrphan()) ? () => true : isParentGone;
  const log = await createServerLog(options.log);
  try {
    return await runServer(options, log, isAbandoned);
  } catch (error) {
    return await tellFailure(error, log);
  } finally {
    await log.close();
  }
}

/**
 * After a burst of requests V8 may decide that what a request needs lives long, and goes on allocating it where only a
 * full collection frees it: of one process in four, 40 % of all bytes then survived each scavenge (0.7 % otherwise), and
 * a request took twice the processor for good.
 */
function keepShortLivedYoung(): void {
  setFlagsFromString("--no-allocation-site-pretenuring");
}

async function runServer(options: ServerOptions, log: ServerLog, isParentGone: () => boolean): Promise<number> {
  surviveDefects(log.logger);
  const starting = begin(options, log.logger);
  const signals = stopOnSignals(starting);
  const service = await starting;
  const isStopped = signals.count > 0;
  if (!isStopped) announce(service, options, log);
  const watch = options.endsWithParent ? endWithParent(service, log.logger, isParentGone) : undefined;
  await service.ended;
  watch?.stop();
  if (service.failure !== undefined) throw service.failure;
  // XyPriss's client takes a 0 without the announcement for a start that goes on.
  return isStopped ? ERRORS.CANCELLED.exit : 0;
}

/** Not for other starts: a shell, nohup or a service manager may end, or hand its child over, and mean it to go on. */
function endWithParent(service: Service, log: Logger, isParentGone: () => boolean): ParentWatch {
  const watch = new ParentWatch({
    isParentGone,
    hasWorker: () => service.hasWorker,
    now: () => performance.now(),
    onAbandoned: () => {
      log.warn(`the application has ended and no worker has been connected for ${PATIENCE / 1_000} s: stopping`);
      service.stop(false);
    },
  });
  watch.start();
  return watch;
}

async function begin(options: ServerOptions, log: Logger): Promise<Service> {
  const { socket, descriptor, root, confined, limits, gateway, cluster } = options;
  for (const { word, value } of options.leftOver) log.warn({ word, value }, "not known here, and passed over");
  await auditPlugins(options.plugins, log);
  if (options.firewall !== undefined) {
    for (const command of firewallCommands(gateway.port, options.firewall.allowed)) {
      log.warn({ command }, "the firewall is not touched; this would open the port");
    }
  }
  clearSocketPath(socket, log);
  const server = { gateway, ...(cluster !== undefined && { cluster }) };
  return startService({ socket, descriptor, root, confined, log, limits, server });
}
