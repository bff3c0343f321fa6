import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { isSea } from "node:sea";
import type { Logger } from "../../internal/base/log.ts";
import type { Service } from "../../internal/host/service.ts";
import { takeInheritedSocket } from "../../internal/ipc/inherited-socket.ts";
import { assertPrivateFolder, defaultSocket, isNamedPipe } from "../../protocol/endpoint.ts";
import { XsysError } from "../../protocol/errors.ts";

/** Logs unexpected errors instead of ending the process, so that one call cannot end all others. */
export function surviveDefects(log: Logger): void {
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => log.error({ err: error }, "unexpected error outside of any call"));
  }
}

/**
 * SIGTERM or SIGINT drains the service; a second signal stops it without waiting. A signal that arrives before the
 * service listens stops it as soon as it does; a second one then ends the process.
 */
export function stopOnSignals(starting: Promise<Service>): { readonly count: number } {
  const signals = { count: 0 };
  let service: Service | undefined;
  const started = starting.then((listening) => {
    service = listening;
    if (signals.count > 0) service.stop(false);
  });
  started.catch(() => {}); // the caller of startService handles the error
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      signals.count++;
      if (service !== undefined) service.stop(signals.count > 1);
      else if (signals.count > 1) dieBy(signal);
    });
  }
  return signals;
}

function dieBy(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

/** How a person calls xsys: through npx if npm started it (npm sets the variable) or if it runs from source. */
export const PROGRAM = isSea() && process.env.npm_command === undefined ? "xsys" : "npx xsys";

/** Where a service listens. */
export interface Listening {
  /** Absolute path, or name of a named pipe. */
  readonly socket: string;
  /** File descriptor of the socket, if systemd created it. */
  readonly descriptor?: number;
}

/**
 * Where a service listens: by its flag, or on an inherited socket.
 * @throws DENIED if other users can access the directory of the default socket; INVALID_PARAMS if flag and inherited
 *   socket differ
 */
export function listeningOn(given: string | undefined): Listening {
  const inherited = takeInheritedSocket();
  if (inherited === undefined) return { socket: socketFor(given) };
  const { path, descriptor } = inherited;
  if (given === undefined || resolve(given) === path) return { socket: path, descriptor };
  throw new XsysError("INVALID_PARAMS", `the inherited socket is ${path}, not ${resolve(given)}`);
}

function socketFor(given: string | undefined): string {
  if (given !== undefined) return isNamedPipe(given) ? given : resolve(given);
  const socket = defaultSocket();
  if (!process.env.XSYS_SOCKET) assertPrivateFolder(socket);
  return socket;
}

/** @throws NOT_FOUND */
export async function existingFolder(root: string): Promise<string> {
  const folder = resolve(root);
  const stats = await stat(folder).catch(() => undefined);
  if (stats?.isDirectory()) return folder;
  throw new XsysError("NOT_FOUND", `the root ${folder} is not an existing directory`);
}
