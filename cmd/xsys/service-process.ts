import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { isSea } from "node:sea";
import type { Logger } from "../../internal/base/log.ts";
import type { Service } from "../../internal/host/service.ts";
import { takeInheritedSocket } from "../../internal/ipc/inherited-socket.ts";
import { assertPrivateFolder, defaultSocket, isNamedPipe } from "../../protocol/endpoint.ts";
import { XsysError } from "../../protocol/errors.ts";

/** A defect in one call's work is a line in the log, and not the end of everybody else's. */
export function surviveDefects(log: Logger): void {
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => log.error({ err: error }, "a defect outside of any call"));
  }
}

/**
 * SIGTERM or SIGINT drains; a second one does not wait. One that comes before the service listens stops it when it does,
 * and a second one then ends the process.
 */
export function stopOnSignals(starting: Promise<Service>): { readonly count: number } {
  const signals = { count: 0 };
  let service: Service | undefined;
  const started = starting.then((listening) => {
    service = listening;
    if (signals.count > 0) service.stop(false);
  });
  started.catch(() => {}); // whoever started it is told
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

/** How a person calls xsys: by npm, when npm started it (which npx and scripts tell by their environment) or sources run. */
export const PROGRAM = isSea() && process.env.npm_command === undefined ? "xsys" : "npx xsys";

/** Where a service listens. */
export interface Listening {
  /** Absolute, or a named pipe's name. */
  readonly socket: string;
  /** Of the socket, where systemd has made it. */
  readonly descriptor?: number;
}

/**
 * Where a service listens by its flag, or by what it was handed over.
 * @throws DENIED when the default socket's folder is not this user's alone, INVALID_PARAMS when the two disagree
 */
export function listeningOn(given: string | undefined): Listening {
  const inherited = takeInheritedSocket();
  if (inherited === undefined) return { socket: socketFor(given) };
  const { path, descriptor } = inherited;
  if (given === undefined || resolve(given) === path) return { socket: path, descriptor };
  throw new XsysError("INVALID_PARAMS", `the socket that was handed over is ${path}, and not ${resolve(given)}`);
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
  throw new XsysError("NOT_FOUND", `the root ${folder} is not an existing folder`);
}
