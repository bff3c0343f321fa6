import { lstatSync, unlinkSync } from "node:fs";
import { basename } from "node:path";
import type { Logger } from "../../../internal/base/log.ts";
import { isNamedPipe } from "../../../protocol/endpoint.ts";

/**
 * Removes a regular file at the path on which the service will listen, as XyPriss's client expects. Only files that
 * look like leftovers are removed, so that a mistyped `--ipc` does not delete other files.
 */
export function clearSocketPath(socket: string, log: Logger): void {
  if (isNamedPipe(socket)) return;
  const stats = lstatSync(socket, { throwIfNoEntry: false });
  if (!stats?.isFile() || (stats.size > 0 && !basename(socket).endsWith(".sock"))) return;
  unlinkSync(socket);
  log.warn({ socket }, "removed a file at the path of the socket");
}
