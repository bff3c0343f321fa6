import { type IncomingMessage, type RequestListener, Server, type ServerResponse } from "node:http";
import { join, onErrorOf } from "./join.ts";
import { nodeExchange } from "./node-exchange.ts";
import { nodeRequest } from "./node-request.ts";
import { UpgradeSocket } from "./node-upgrade.ts";
import type { WorkerHandle, WorkerOptions } from "./options.ts";
import type { WorkerExchange } from "./worker-exchange.ts";

/**
 * Serves requests as a worker of xsys's gateway with code written for node:http: a request listener (such as an Express
 * application), or a Server. The Server need not listen; its `upgrade` event gets WebSocket requests. When the listener
 * throws, the client gets status 500.
 * @throws UNAVAILABLE when it cannot connect to a gateway.
 */
export function serveNodeWorker(app: RequestListener | Server, options: WorkerOptions = {}): Promise<WorkerHandle> {
  const onError = onErrorOf(options);
  const listen =
    app instanceof Server ? (...both: [IncomingMessage, ServerResponse]) => app.emit("request", ...both) : app;
  return join(options, (exchange) => {
    if (exchange.isUpgrade && app instanceof Server && app.listenerCount("upgrade") > 0)
      handleUpgrade(app, exchange, onError);
    else handleRequest(listen, exchange, onError);
  });
}

function handleRequest(
  listen: (request: IncomingMessage, response: ServerResponse) => unknown,
  exchange: WorkerExchange,
  onError: (error: unknown) => void,
): void {
  const { request, response } = nodeExchange(exchange);
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

function handleUpgrade(server: Server, exchange: WorkerExchange, onError: (error: unknown) => void): void {
  const socket = new UpgradeSocket(exchange);
  socket.on("error", () => {}); // without a listener an "error" event would end the process
  try {
    server.emit("upgrade", nodeRequest(exchange, socket), socket, Buffer.alloc(0));
  } catch (error) {
    onError(error); // fails only this request, not the connection to the gateway
    socket.destroy();
  }
}
