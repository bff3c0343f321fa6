import type { Server as HttpServer } from "node:http";
import { Server as NetServer } from "node:net";
import type { WebServer } from "./web-server.ts";

/** Milliseconds until idle connections are closed, and between two looks for them. */
const IDLE_GRACE = 1_000;
const CHECK_EVERY = 100;

/**
 * For a server that accepts its connections itself, unless the application handles SIGTERM: at SIGTERM the server accepts
 * no more connections, answers what it has accepted, and then the process ends by the signal.
 */
export function drainAtSigterm(server: WebServer): void {
  const end = () => {
    if (process.listenerCount("SIGTERM") > 1) return;
    const die = () => {
      process.off("SIGTERM", end);
      process.kill(process.pid, "SIGTERM");
    };
    if (!server.listening) return die();
    // Not close() of node:http, which also closes connections that were accepted just now and whose request is on its way.
    NetServer.prototype.close.call(server, die);
    server.prependListener("request", (_, response) => {
      response.shouldKeepAlive = false;
    });
    const closeIdle = () =>
      "closeIdleConnections" in server && (server as unknown as HttpServer).closeIdleConnections();
    setTimeout(() => setInterval(closeIdle, CHECK_EVERY), IDLE_GRACE);
  };
  process.on("SIGTERM", end);
}
