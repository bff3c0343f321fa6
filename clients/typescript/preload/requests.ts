import { AsyncResource } from "node:async_hooks";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { NodeClasses } from "../worker/node-exchange.ts";
import { nodeExchange } from "../worker/node-exchange.ts";
import { nodeRequest } from "../worker/node-request.ts";
import type { NodeSocket } from "../worker/node-socket.ts";
import { UpgradeSocket } from "../worker/node-upgrade.ts";
import type { WorkerExchange } from "../worker/worker-exchange.ts";
import { classesOf, kindOf, type WebServer } from "./web-server.ts";

const NO_BYTES = Buffer.alloc(0);
/** Names of Node's own listeners for the connections of its servers. */
const OWN_LISTENERS: ReadonlySet<string> = new Set(["connectionListener", "tlsConnectionListener"]);

/** Passes the gateway's requests to a server of the application, as Node does with those of its connections. */
export class Requests {
  readonly #server: WebServer;
  readonly #isTls: boolean;
  readonly #isHttp2: boolean;
  readonly #classes: NodeClasses;
  /** The event by which applications see new connections. */
  readonly #connected: "connection" | "secureConnection";

  constructor(server: WebServer, { isTls }: { readonly isTls: boolean }) {
    this.#server = server;
    this.#isTls = isTls;
    this.#isHttp2 = kindOf(server) === "http2";
    this.#classes = this.#isHttp2 ? {} : classesOf(server);
    this.#connected = server.listenerCount("secureConnection") > 0 ? "secureConnection" : "connection";
  }

  /**
   * An error that a listener throws is an uncaught exception, as in Node. Each request has its own asynchronous context:
   * several may arrive at once, and what one of them enters in an AsyncLocalStorage must not apply to the next.
   */
  take(exchange: WorkerExchange): void {
    try {
      new AsyncResource("HTTPINCOMINGMESSAGE").runInAsyncScope(this.#emit, this, exchange);
    } catch (error) {
      process.nextTick(() => {
        throw error;
      });
    }
  }

  #emit(exchange: WorkerExchange): void {
    if (exchange.isUpgrade) {
      const socket = new UpgradeSocket(exchange);
      const request = nodeRequest(exchange, socket, this.#classes.IncomingMessage);
      if (this.#upgrades(request)) {
        this.#server.emit("upgrade", request, this.#describe(socket), NO_BYTES);
        return;
      }
    }
    const { request, response, socket } = nodeExchange(exchange, this.#classes);
    this.#describe(socket);
    if (this.#server.listenerCount(this.#connected) > 1) this.#connect(socket, response);
    if (this.#isHttp2) addHttp2Fields(request, this.#isTls);
    const { expect } = request.headers;
    const event = expect !== undefined && this.#server.listenerCount("checkContinue") > 0 ? "checkContinue" : "request";
    this.#server.emit(event, request, response);
  }

  #upgrades(request: IncomingMessage): boolean {
    const { shouldUpgradeCallback: decide } = this.#server;
    return decide === undefined ? this.#server.listenerCount("upgrade") > 0 : decide.call(this.#server, request);
  }

  #describe<T extends NodeSocket | UpgradeSocket>(socket: T): T {
    const described = socket as T & { server: WebServer; encrypted?: true };
    described.server = this.#server;
    if (this.#isTls) described.encrypted = true;
    return socket;
  }

  /** Applications that list their connections, to end them at a shutdown, see one for each request. */
  #connect(socket: NodeSocket, response: ServerResponse): void {
    response.once("close", () => socket.gone());
    for (const listener of this.#server.rawListeners(this.#connected)) {
      if (!OWN_LISTENERS.has(listener.name)) listener.call(this.#server, socket);
    }
  }
}

/** What a request of node:http2 has in addition. */
function addHttp2Fields(request: IncomingMessage, isTls: boolean): void {
  const { method, url, headers } = request;
  const scheme = isTls ? "https" : "http";
  const authority = headers.host ?? "";
  Object.assign(headers, { ":method": method, ":path": url, ":authority": authority, ":scheme": scheme });
  Object.assign(request, { authority, scheme });
}
