import { type IncomingMessage, type RequestListener, Server, type ServerResponse } from "node:http";
import { join, onErrorOf } from "./join.ts";
import { nodeRequest } from "./node-request.ts";
import { nodeResponse } from "./node-response.ts";
import { NodeSocket } from "./node-socket.ts";
import { UpgradeSocket } from "./node-upgrade.ts";
import type { WorkerHandle, WorkerOptions } from "./options.ts";
import type { WorkerExchange } from "./worker-exchange.ts";

/**
 * Serves requests as a worker of xsys's gateway with what is written for node:http: a listener (such as an Express
 * application), or a server, which need not listen and whose `upgrade` event takes WebSockets. A listener that throws has
 * its client answered with 500.
 * @throws UNAVAILABLE when there is no gateway to connect to.
 */
export function serveNodeWorker(app: RequestListener | Server, options: WorkerOptions = {}): Promise<WorkerHandle> {
  const onError = onErrorOf(options);
  const listen =
    app instanceof Server ? (...both: [IncomingMessage, ServerResponse]) => app.emit("request", ...both) : app;
  return join(options, (exchange) => {
    if (exchange.isUpgrade && app instanceof Server && app.listenerCount("upgrade") > 0)
      giveConnection(app, exchange, onError);
    else giveRequest(listen, exchange, onError);
  });
}

function giveRequest(
  listen: (request: IncomingMessage, response: ServerResponse) => unknown,
  exchange: WorkerExchange,
  onError: (error: unknown) => void,
): void {
  const socket = new NodeSocket(exchange);
  const request = nodeRequest(exchange, socket);
  const response = nodeResponse(exchange, request, socket as never);
  exchange.onLost(() => {
    socket.gone();
    if (!request.destroyed) request.destroy(Object.assign(new Error("aborted"), { code: "ECONNRESET" }));
  });
  const refuse = (error: unknown) => {
    onError(error);
    if (response.headersSent) exchange.fail("the worker failed");
    else exchange.answer(500, { "content-type": "text/plain" }, Buffer.from("Internal Server Error"));
  };
  try {
    const result = listen(request, response);
    if (result instanceof Promise) result.catch(refuse);
  } catch (error) {
    refuse(error);
  }
}

function giveConnection(server: Server, exchange: WorkerExchange, onError: (error: unknown) => void): void {
  const socket = new UpgradeSocket(exchange);
  socket.on("error", () => {}); // a server that has no care for it is not ended by it
  try {
    server.emit("upgrade", nodeRequest(exchange, socket), socket, Buffer.alloc(0));
  } catch (error) {
    onError(error); // its own client's trouble, and not the whole connection's to the gateway
    socket.destroy();
  }
}
