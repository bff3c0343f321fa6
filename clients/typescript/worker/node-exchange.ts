import type { IncomingMessage, ServerResponse } from "node:http";
import { nodeRequest } from "./node-request.ts";
import { nodeResponse } from "./node-response.ts";
import { NodeSocket } from "./node-socket.ts";
import type { WorkerExchange } from "./worker-exchange.ts";

/** The classes of a server's requests and responses, when its application has chosen its own. */
export interface NodeClasses {
  readonly IncomingMessage?: typeof IncomingMessage | undefined;
  readonly ServerResponse?: typeof ServerResponse | undefined;
}

export interface NodeExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly socket: NodeSocket;
}

/** An exchange as the request, the response and the socket of node:http. The request is aborted when it is lost. */
export function nodeExchange(exchange: WorkerExchange, classes: NodeClasses = {}): NodeExchange {
  const socket = new NodeSocket(exchange);
  const request = nodeRequest(exchange, socket, classes.IncomingMessage);
  const response = nodeResponse(exchange, request, socket, classes.ServerResponse);
  exchange.onLost(() => {
    socket.gone();
    if (!request.destroyed) request.destroy(Object.assign(new Error("aborted"), { code: "ECONNRESET" }));
  });
  return { request, response, socket };
}
