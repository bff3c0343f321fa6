import type { Duplex } from "node:stream";
import { ConnectionSocket } from "./connection-socket.ts";
import { contextOf, type WorkerContext } from "./context.ts";
import { join, onErrorOf } from "./join.ts";
import { LazyRequest } from "./lazy-request.ts";
import type { WorkerHandle, WorkerOptions } from "./options.ts";
import { sendResponse } from "./send-response.ts";
import type { WorkerExchange } from "./worker-exchange.ts";

export type WorkerHandler = (request: Request, context: WorkerContext) => Response | Promise<Response>;

/** Changes the protocol, with these headers beside `connection` and `upgrade`; gives the client's bytes both ways. */
export type Accept = (headers?: Readonly<Record<string, string>>) => Duplex;

/** Accepts a change of protocol, or answers the request otherwise. */
export type UpgradeHandler = (
  request: Request,
  accept: Accept,
  context: WorkerContext,
) => Response | undefined | Promise<Response | undefined>;

export interface ServeOptions extends WorkerOptions {
  /** Takes requests to change the protocol, such as to WebSocket; without it they are handled as any other. */
  readonly upgrade?: UpgradeHandler | undefined;
}

/**
 * Serves requests as a worker of xsys's gateway. A handler that throws has its client answered with 500. A request's
 * signal is aborted when nobody waits for its answer any more.
 * @throws UNAVAILABLE when there is no gateway to connect to.
 */
export function serveWorker(handler: WorkerHandler, options: ServeOptions = {}): Promise<WorkerHandle> {
  const { upgrade } = options;
  const onError = onErrorOf(options);
  const handle = (exchange: WorkerExchange) => {
    const request = new LazyRequest(exchange) as unknown as Request;
    const context = contextOf(exchange);
    return upgrade !== undefined && exchange.isUpgrade
      ? upgrade(request, acceptOf(exchange), context)
      : handler(request, context);
  };
  const refuse = (exchange: WorkerExchange, error: unknown) => {
    if (exchange.isOver) return; // what failed is that its client has gone
    onError(error);
    if (exchange.isAnswered) exchange.fail("the worker failed");
    else exchange.answer(500, { "content-type": "text/plain" }, FAILED);
  };
  const answer = async (exchange: WorkerExchange) => {
    try {
      const response = await handle(exchange);
      if (!exchange.isAnswered) await sendResponse(exchange, response);
    } catch (error) {
      refuse(exchange, error);
    }
  };
  return join(options, (exchange) => void answer(exchange));
}

const FAILED = Buffer.from("Internal Server Error");
function acceptOf(exchange: WorkerExchange): Accept {
  return (headers = {}) => {
    if (exchange.isAnswered) throw new TypeError("the request was answered already");
    const { upgrade = "" } = exchange.request.headers;
    return new ConnectionSocket(exchange, exchange.begin(101, { connection: "Upgrade", upgrade, ...headers }));
  };
}
