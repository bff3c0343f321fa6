import { Server as HttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Server as HttpsServer } from "node:https";
import type { Server as NetServer } from "node:net";
import type { NodeClasses } from "../worker/node-exchange.ts";

/**
 * A server of node:http, node:https or node:http2. The properties that begin with an underscore are those by which
 * node:cluster and this preload make a server listen in another way; Node keeps them for such programs.
 */
export interface WebServer extends NetServer {
  /** What it listens on; null while it does not listen. */
  _handle: unknown;
  /** Number of its connections, for which `close` waits. */
  _connections: number;
  /** Emits "close" if it does not listen and has no connections. */
  _emitCloseIfDrained(): void;
  /** node:http's, from Node 24. */
  shouldUpgradeCallback?(request: IncomingMessage): boolean;
}

export type WebServerKind = "http" | "https" | "http2";

/** Undefined for any other server. */
export function kindOf(server: NetServer): WebServerKind | undefined {
  if (server instanceof HttpServer) return "http";
  if (server instanceof HttpsServer) return "https";
  // node:http2 exports no classes, and loading it takes 5 ms.
  return "updateSettings" in server ? "http2" : undefined;
}

/** The classes that were given to `createServer`. */
export function classesOf(server: WebServer): NodeClasses {
  return {
    IncomingMessage: optionOf(server, "IncomingMessage") as typeof IncomingMessage | undefined,
    ServerResponse: optionOf(server, "ServerResponse") as typeof ServerResponse | undefined,
  };
}

/** An option that Node keeps under a symbol. */
export function optionOf(server: WebServer, description: string): unknown {
  const symbol = Object.getOwnPropertySymbols(server).find((each) => each.description === description);
  return symbol === undefined ? undefined : (server as unknown as Record<symbol, unknown>)[symbol];
}
