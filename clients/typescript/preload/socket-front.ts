import { Server as NetServer } from "node:net";
import { isMainThread } from "node:worker_threads";
import { pretendToBeAt } from "./app-cluster.ts";
import { drainAtSigterm } from "./drain-at-sigterm.ts";
import { kindOf, type WebServer } from "./web-server.ts";
import { type Instead, type Listening, onListen, type Place } from "./worker-handle.ts";

/** Number of the first descriptor that is passed as systemd does, sd_listen_fds(3). */
export const FIRST_DESCRIPTOR = 3;

/** Whether this process was started with a listening socket. */
export function hasListeningSocket({ LISTEN_PID, LISTEN_FDS }: NodeJS.ProcessEnv): boolean {
  return LISTEN_PID === String(process.pid) && LISTEN_FDS === "1" && isMainThread;
}

/**
 * Makes an application listen on the socket of the keeper: its server for the app's port, or else its first HTTP server,
 * gets the descriptor. Other servers, and other processes and threads of the app, listen as they say.
 */
export class SocketFront {
  readonly #port: number;
  #taken: NetServer | undefined;

  /** @param port - that of the keeper's socket */
  constructor(port: number) {
    this.#port = port;
  }

  install(): void {
    onListen(NetServer.prototype, (server, place) => this.#offer(server, place));
  }

  #offer(server: Listening, place: Place): Instead | undefined {
    const { port } = place;
    const isWanted = port >= 0 && (port === this.#port || kindOf(server) !== undefined);
    if (this.#taken !== undefined || !isWanted) return undefined;
    this.#taken = server;
    server.once("close", () => {
      this.#taken = undefined;
    });
    drainAtSigterm(server as WebServer);
    return { descriptor: FIRST_DESCRIPTOR, listens: (handle) => pretendToBeAt(handle, place) };
  }
}
