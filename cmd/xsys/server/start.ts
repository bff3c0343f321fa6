import { startService } from "../../../internal/service.ts";
import { stopOnSignals, surviveDefects } from "../service-process.ts";
import { announce } from "./announce.ts";
import { auditPlugins } from "./audit-plugins.ts";
import { clearSocketPath } from "./clear-socket-path.ts";
import { tellFailure } from "./failure.ts";
import { firewallCommands } from "./firewall-commands.ts";
import { createServerLog, type ServerLog } from "./log/server-log.ts";
import { type ServerOptions, serverOptions } from "./server-options.ts";

/** Runs the service with workers and HTTP until it is stopped, and gives the exit status. */
export async function startServer(words: readonly string[]): Promise<number> {
  const options = await serverOptions(words);
  const log = await createServerLog(options.log);
  try {
    return await runServer(options, log);
  } catch (error) {
    return await tellFailure(error, log);
  } finally {
    await log.close();
  }
}

async function runServer(options: ServerOptions, log: ServerLog): Promise<number> {
  const { logger } = log;
  const { socket, root, confined, limits, gateway, cluster } = options;
  surviveDefects(logger);
  for (const { word, value } of options.leftOver) logger.warn({ word, value }, "not known here, and passed over");
  await auditPlugins(options.plugins, logger);
  if (options.firewall !== undefined) {
    for (const command of firewallCommands(gateway.port, options.firewall.allowed)) {
      logger.warn({ command }, "the firewall is not touched; this would open the port");
    }
  }
  clearSocketPath(socket, logger);
  const server = { gateway, ...(cluster !== undefined && { cluster }) };
  const starting = startService({ socket, root, confined, log: logger, limits, server });
  const signals = stopOnSignals(starting);
  const service = await starting;
  if (signals.count === 0) announce(service, options, log);
  await service.ended;
  return 0;
}
