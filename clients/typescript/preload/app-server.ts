import { endWithGateway } from "./end-with-gateway.ts";
import { Membership } from "./membership.ts";
import { Requests } from "./requests.ts";
import type { Surroundings } from "./surroundings.ts";
import { tell } from "./tell.ts";
import type { WebServer } from "./web-server.ts";
import type { HandleOwner, Place } from "./worker-handle.ts";
import { workerSocket } from "./worker-socket.ts";

/**
 * HEAD requests reach the application as HEAD, and not as GET, because of this route. Requests without a route go to the
 * application as well.
 */
const ROUTES = [{ method: "HEAD", path: "/*path" }];

/** A server of the application that gets the gateway's requests instead of listening. */
export class AppServer implements HandleOwner {
  readonly server: WebServer;
  readonly shownPort: number;
  readonly #requests: Requests;
  readonly #onClosed: () => void;
  readonly #membership: Membership;
  #joining: Promise<void> | undefined;

  constructor(server: WebServer, place: Place, surroundings: Surroundings, onClosed: () => void) {
    const { port, isTls, identity, outlives } = surroundings;
    this.server = server;
    this.shownPort = port ?? 0;
    this.#requests = new Requests(server, { isTls });
    this.#onClosed = onClosed;
    const onError = (error: unknown) => tell(String(error));
    const worker = { routes: ROUTES, exitOnClose: false, onError };
    const locate = () => workerSocket(surroundings, place);
    this.#membership = new Membership({ worker, locate, identity, outlives, onLost: endWithGateway }, (exchange) => {
      this.server._connections++;
      exchange.onOver(() => this.#ended());
      this.#requests.take(exchange);
    });
  }

  listen(): number {
    this.#joining = this.#membership.join();
    this.#joining.catch((error) => this.server.emit("error", error));
    return 0;
  }

  /** Each request counts as a connection, so that the server is closed when all are answered. */
  close(): void {
    this.#onClosed();
    this.server._connections++;
    void this.#leave().then(() => this.#ended());
  }

  keepAlive(keeps: boolean): void {
    this.#membership.keepAlive(keeps);
  }

  /** Aborts the requests in progress. */
  abort(): void {
    this.#membership.abort("the application closed its connections");
  }

  async #leave(): Promise<void> {
    try {
      await this.#joining;
      await this.#membership.leave();
    } catch {
      // it could not connect, which was reported
    }
  }

  #ended(): void {
    this.server._connections--;
    this.server._emitCloseIfDrained();
  }
}
