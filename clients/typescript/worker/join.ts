import { once } from "node:events";
import { connect } from "node:net";
import { XsysError } from "../../../protocol/errors.ts";
import { encodeMessage } from "../../../protocol/wire/message.ts";
import type { WorkerRegistration } from "../../../protocol/wire/worker.ts";
import { JoinedGateways } from "./joined-gateways.ts";
import { routeEntries, type WorkerHandle, type WorkerOptions } from "./options.ts";
import type { WorkerExchange } from "./worker-exchange.ts";
import { WorkerLink } from "./worker-link.ts";

/** A registered worker, with what a server that closes by itself needs in addition. */
export interface Joined extends WorkerHandle {
  /**
   * Asks for no more requests, and closes the connection when those in progress are answered. Needs a service that
   * understands `Leave`.
   */
  leave(): Promise<void>;
  /** Aborts all requests in progress. */
  abort(reason: string): void;
  /** Whether the connection keeps the process running. */
  keepAlive(keeps: boolean): void;
}

/** How a worker registers. */
export type WorkerIdentity = Pick<WorkerRegistration, "id" | "key" | "listens">;

export interface JoinHooks {
  /** Default: from the environment. */
  readonly identity?: WorkerIdentity | undefined;
  /** The gateway is being replaced: the worker is to connect again, and to keep this connection until it is closed. */
  readonly onJoinAgain?: () => void;
}

/**
 * Connects to the gateway, registers as a worker and calls `take` with each request that the gateway sends. If the
 * service has several gateway processes, it connects to each of them too, and the requests come from there.
 * @throws UNAVAILABLE when it cannot connect to a gateway.
 */
export async function join(
  options: WorkerOptions,
  take: (exchange: WorkerExchange) => void,
  { identity = environmentIdentity(), onJoinAgain = () => {} }: JoinHooks = {},
): Promise<Joined> {
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
  const register = ({ writer }: WorkerLink, { key }: Pick<WorkerRegistration, "key">) => {
    writer.json(encodeMessage("RegisterWorker", registration({ ...identity, ...(key !== undefined && { key }) })));
    writer.json(encodeMessage("SyncRoutes", routeEntries(routes)));
    writer.flush();
  };
  const owner = { take, onError: onErrorOf(options) };
  const joined = new JoinedGateways(owner, register);
  const link = new WorkerLink(socket, {
    ...owner,
    onJoinAgain,
    onGateways: (gateways) => joined.update(gateways),
  });
  register(link, identity);
  let closing = false;
  const links = () => [link, ...joined.links];
  const close = () => {
    closing = true;
    joined.close();
    link.close();
  };
  const closed = link.closed.then(() => {
    joined.close();
    if (exitOnClose && !closing) process.exit(1);
  });
  return {
    closed,
    close,
    leave: async () => {
      closing = true;
      const taking = joined.leave() ?? [link];
      await Promise.all(taking.map((each) => each.leave()));
      await Promise.all(taking.map((each) => each.end())); // not earlier: the end of one closes all
      close();
      await closed;
    },
    abort: (reason) => {
      for (const each of links()) each.abort(reason);
    },
    keepAlive: (keeps) => {
      for (const each of links()) each.keepAlive(keeps);
    },
  };
}

export function onErrorOf({ onError = console.error }: WorkerOptions): (error: unknown) => void {
  return onError;
}

function environmentIdentity(): WorkerIdentity {
  const { XYPRISS_WORKER_ID: id = "master", XSYS_WORKER_KEY: key } = process.env;
  return { id, ...(key !== undefined && { key }) };
}

function registration(identity: WorkerIdentity): WorkerRegistration {
  return { ...identity, pid: process.pid, xbp: true, streams: true, joins: true };
}
