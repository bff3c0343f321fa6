import type { Logger } from "../../../internal/base/log.ts";
import { type Service, startService } from "../../../internal/host/service.ts";
import { limitArenas } from "../../../internal/memory/allocator.ts";
import { ERRORS } from "../../../protocol/errors.ts";
import { frontOptions } from "../front/front-options.ts";
import { gatewayCommand } from "../gateway-process.ts";
import { refuseDebugger } from "../refuse-debugger.ts";
import { stopOnSignals, surviveDefects } from "../service-process.ts";
import { thisProgram } from "../this-program.ts";
import { announce } from "./announce.ts";
import { auditPlugins } from "./audit-plugins.ts";
import { clearSocketPath } from "./clear-socket-path.ts";
import { disablePretenuring } from "./disable-pretenuring.ts";
import { reportFailure } from "./failure.ts";
import { firewallCommands } from "./firewall-commands.ts";
import { createServerLog, type ServerLog } from "./log/server-log.ts";
import { isOrphan, PATIENCE, ParentWatch, parentEnd } from "./parent-watch.ts";
import { type ServerOptions, serverOptions } from "./server-options.ts";

/** Runs the service with workers and HTTP until it is stopped, and returns the exit status. */
export async function startServer(words: readonly string[]): Promise<number> {
  disablePretenuring();
  limitArenas();
  const isParentGone = parentEnd();
  const options = await serverOptions(words);
  const isAbandoned = options.endsWithParent === true && (await isOrphan()) ? () => true : isParentGone;
  const log = await createServerLog(options.log);
  try {
    return await runServer(options, log, isAbandoned);
  } catch (error) {
    return await reportFailure(error, log);
  } finally {
    await log.close();
  }
}

async function runServer(options: ServerOptions, log: ServerLog, isParentGone: () => boolean): Promise<number> {
  surviveDefects(log.logger);
  refuseDebugger();
  const starting = begin(options, log.logger);
  const signals = stopOnSignals(starting);
  const service = await starting;
  const isStopped = signals.count > 0;
  if (!isStopped) announce(service, options, log);
  const watch = options.endsWithParent ? endWithParent(service, log.logger, isParentGone) : undefined;
  await service.ended;
  watch?.stop();
  if (service.failure !== undefined) throw service.failure;
  // XyPriss's client takes exit status 0 without the announcement for a start that is still in progress.
  return isStopped ? ERRORS.CANCELLED.exit : 0;
}

/**
 * Only for starts by XyPriss: a shell, nohup or a service manager may end while the service is meant to keep running.
 */
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
  const { socket, descriptor, root, confined, limits, gateway, gateways, cluster } = options;
  for (const { word, value } of options.leftOver) log.warn({ word, value }, "ignored an unknown argument");
  await auditPlugins(options.plugins, log);
  if (options.firewall !== undefined) {
    for (const command of firewallCommands(gateway.port, options.firewall.allowed)) {
      log.warn({ command }, "the firewall is not changed; this command would open the port");
    }
  }
  clearSocketPath(socket, log);
  const server = {
    gateway,
    ...(gateways > 1 && { gateways: { count: gateways, command: gatewayCommand() } }),
    ...(cluster !== undefined && { cluster }),
  };
  return startService({
    socket,
    descriptor,
    root,
    confined,
    log,
    limits,
    server,
    program: thisProgram,
    front: frontOptions(),
  });
}
