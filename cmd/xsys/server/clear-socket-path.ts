import { lstatSync, unlinkSync } from "node:fs";
import { basename } from "node:path";
import type { Logger } from "../../../internal/base/log.ts";
import { isNamedPipe } from "../../../protocol/endpoint.ts";

/**
 * Removes a regular file that lies where the service will listen, as XyPriss's client expects. Only one that looks as if
 * it had been left there: `--ipc` with a slip of the pen costs nobody a file.
 */
export function clearSocketPath(socket: string, log: Logger): void {
  if (isNamedPipe(socket)) return;
  const stats = lstatSync(socket, { throwIfNoEntry: false });
  if (!stats?.isFile() || (stats.size > 0 && !basename(socket).endsWith(".sock"))) return;
  unlinkSync(socket);
  log.warn({ socket }, "a file lay in the socket's place, and was removed");
}
