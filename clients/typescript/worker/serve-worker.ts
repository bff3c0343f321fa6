import type { Duplex } from "node:stream";
import { ConnectionSocket } from "./connection-socket.ts";
import { contextOf, type WorkerContext } from "./context.ts";
import { join, onErrorOf } from "./join.ts";
import { LazyRequest } from "./lazy-request.ts";
import type { WorkerHandle, WorkerOptions } from "./options.ts";
import { sendResponse } from "./send-response.ts";
import type { WorkerExchange } from "./worker-exchange.ts";

/** Handles a request. When it throws, the client gets status 500. */
export type WorkerHandler = (request: Request, context: WorkerContext) => Response | Promise<Response>;

/** Switches the protocol with a 101 response, with `headers` added. Returns a stream to and from the client. */
export type Accept = (headers?: Readonly<Record<string, string>>) => Duplex;

/** Calls `accept` to switch the protocol, or returns a Response to refuse. */
export type UpgradeHandler = (
  request: Request,
  accept: Accept,
  context: WorkerContext,
) => Response | undefined | Promise<Response | undefined>;

export interface ServeOptions extends WorkerOptions {
  /** Handles requests to switch the protocol, such as to WebSocket. Without it the handler gets them like any other. */
  readonly upgrade?: UpgradeHandler | undefined;
}

/**
 * Serves requests as a worker of xsys's gateway. When a handler throws, the client gets status 500. A request's
 * `signal` is aborted when its response is no longer needed, because the client or the gateway has disconnected.
 * @throws UNAVAILABLE when it cannot connect to a gateway.
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
    if (exchange.isOver) return; // the client has disconnected, which caused the error
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
    if (exchange.isAnswered) throw new TypeError("the request has already been answered");
    const { upgrade = "" } = exchange.request.headers;
    return new ConnectionSocket(exchange, exchange.begin(101, { connection: "Upgrade", upgrade, ...headers }));
  };
}
