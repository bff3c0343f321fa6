import { type Joined, join } from "../worker/join.ts";
import { endWithGateway } from "./end-with-gateway.ts";
import { Requests } from "./requests.ts";
import type { Surroundings } from "./surroundings.ts";
import { tell } from "./tell.ts";
import type { WebServer } from "./web-server.ts";
import type { HandleOwner } from "./worker-handle.ts";

/**
 * HEAD requests reach the application as HEAD, and not as GET, because of this route. Requests without a route go to the
 * application as well.
 */
const ROUTES = [{ method: "HEAD", path: "/*path" }];

/** A server of the application that gets the gateway's requests instead of listening. */
export class AppServer implements HandleOwner {
  readonly server: WebServer;
  readonly shownPort: number;
  readonly #socket: string;
  readonly #requests: Requests;
  readonly #onClosed: () => void;
  #worker: Promise<Joined> | undefined;
  #joined: Joined | undefined;
  #keeps = true;
  #isClosed = false;

  constructor(server: WebServer, { socket, port, isTls }: Surroundings, onClosed: () => void) {
    this.server = server;
    this.shownPort = port ?? 0;
    this.#socket = socket;
    this.#requests = new Requests(server, { isTls });
    this.#onClosed = onClosed;
  }

  listen(): number {
    this.#worker = this.#join();
    this.#worker.catch((error) => this.server.emit("error", error));
    return 0;
  }

  /** Each request counts as a connection, so that the server is closed when all are answered. */
  close(): void {
    this.#isClosed = true;
    this.#onClosed();
    this.server._connections++;
    void this.#leave().then(() => this.#ended());
  }

  keepAlive(keeps: boolean): void {
    this.#keeps = keeps;
    this.#joined?.keepAlive(keeps);
  }

  /** Aborts the requests in progress. */
  abort(): void {
    this.#joined?.abort("the application closed its connections");
  }

  async #join(): Promise<Joined> {
    const onError = (error: unknown) => tell(String(error));
    const options = { socket: this.#socket, routes: ROUTES, exitOnClose: false, onError };
    const joined = await join(options, (exchange) => {
      this.server._connections++;
      exchange.onOver(() => this.#ended());
      this.#requests.take(exchange);
    });
    this.#joined = joined;
    joined.keepAlive(this.#keeps);
    void joined.closed.then(() => !this.#isClosed && endWithGateway());
    return joined;
  }

  async #leave(): Promise<void> {
    try {
      await (await this.#worker)?.leave();
    } catch {
      // it could not connect, which was reported
    }
  }

  #ended(): void {
    this.server._connections--;
    this.server._emitCloseIfDrained();
  }
}
