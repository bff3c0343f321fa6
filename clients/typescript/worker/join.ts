import { once } from "node:events";
import { connect } from "node:net";
import { XsysError } from "../../../protocol/errors.ts";
import { encodeMessage } from "../../../protocol/wire/message.ts";
import type { WorkerRegistration } from "../../../protocol/wire/worker.ts";
import { routeEntries, type WorkerHandle, type WorkerOptions } from "./options.ts";
import type { WorkerExchange } from "./worker-exchange.ts";
import { WorkerLink } from "./worker-link.ts";

/**
 * Connects to the gateway, registers as a worker and calls `take` with each request that the gateway sends.
 * @throws UNAVAILABLE when it cannot connect to a gateway.
 */
export async function join(options: WorkerOptions, take: (exchange: WorkerExchange) => void): Promise<WorkerHandle> {
  const { socket: path = process.env.XYPRISS_IPC_PATH, routes = [], exitOnClose = true } = options;
  if (path === undefined || path === "") {
    throw new XsysError(
      "UNAVAILABLE",
      "no gateway to connect to: XYPRISS_IPC_PATH is not set; start this program with xsys server start, or set `socket`",
    );
  }
  const socket = connect(path);
  await once(socket, "connect").catch((cause: NodeJS.ErrnoException) => {
    throw new XsysError("UNAVAILABLE", `cannot connect to a gateway at ${path}: ${cause.message}`, {
      details: { socket: path, errno: cause.code },
      cause,
    });
  });
  const link = new WorkerLink(socket, take, onErrorOf(options));
  link.writer.json(encodeMessage("RegisterWorker", registration()));
  link.writer.json(encodeMessage("SyncRoutes", routeEntries(routes)));
  link.writer.flush();
  let closing = false;
  const closed = link.closed.then(() => {
    if (exitOnClose && !closing) process.exit(1);
  });
  return {
    closed,
    close: () => {
      closing = true;
      link.close();
    },
  };
}

export function onErrorOf({ onError = console.error }: WorkerOptions): (error: unknown) => void {
  return onError;
}

function registration(): WorkerRegistration {
  const { XYPRISS_WORKER_ID: id = "master", XSYS_WORKER_KEY: key } = process.env;
  return { id, ...(key !== undefined && { key }), pid: process.pid, xbp: true, streams: true };
}
