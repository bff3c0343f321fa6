import { Server as HttpServer } from "node:http";
import { Server as HttpsServer } from "node:https";
import { Server as NetServer } from "node:net";
import { constants } from "node:os";
import { listensForCluster, pretendToBeAt, privateSocket } from "./app-cluster.ts";
import { AppServer } from "./app-server.ts";
import { noteSignals } from "./end-with-gateway.ts";
import { forwardingServer } from "./forward.ts";
import { registerListening } from "./listening-server.ts";
import { obstacleOf } from "./obstacle.ts";
import type { Surroundings } from "./surroundings.ts";
import { tell } from "./tell.ts";
import { waitForPort } from "./wait-for-port.ts";
import { kindOf, type WebServer } from "./web-server.ts";
import { type Instead, type Listening, onListen, type Place, WorkerHandle } from "./worker-handle.ts";

/** Milliseconds after which it is told that a server listens itself, if none gets the gateway's requests by then. */
const PATIENCE = 2_000;

interface Main {
  readonly app: AppServer;
  readonly place: Place;
}

/** Decides which of the application's servers gets the gateway's requests. */
export class Front {
  readonly #surroundings: Surroundings;
  /** The server that gets the requests, and where the application wants it to listen. */
  #main: Main | undefined;
  #hasServed = false;
  /** A server accepts the connections of the gateway's listening socket itself. */
  #listens = false;
  /** Where the primary process of node:cluster listens for the application's own workers. */
  #clusterSocket: string | undefined;
  readonly #apps = new WeakMap<object, AppServer>();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  install(): void {
    const { port, descriptor } = this.#surroundings;
    if (port !== undefined) process.env.PORT ??= String(port);
    noteSignals();
    onListen(NetServer.prototype, (server, place) => this.#offer(server, place), descriptor);
    for (const { prototype } of [HttpServer, HttpsServer]) this.#abortBeforeClosing(prototype);
  }

  /** Undefined for a server that listens itself. */
  #offer(server: Listening, place: Place): Instead | undefined {
    if (kindOf(server) === undefined) return this.#offerCluster(server, place);
    if (this.#main !== undefined) return this.#another(place) ?? this.#waits(server, place);
    if (this.#listens) return this.#waits(server, place);
    if (!this.#isWanted(place)) return this.#tellUnlessServed(place);
    const { isTls, outlives } = this.#surroundings;
    const obstacle = obstacleOf(server as WebServer, { takesTls: isTls || !outlives });
    if (obstacle !== undefined) return this.#listenItself(server as WebServer, place, obstacle);
    return { handle: new WorkerHandle(place, this.#serve(server as WebServer, place)) };
  }

  /** From the gateway's listening socket if there is one, else where the application says. */
  #listenItself(server: WebServer, place: Place, obstacle: string): Instead | undefined {
    tell(`the server on ${textOf(place)} listens itself and gets no requests of the gateway: ${obstacle}`);
    const { descriptor } = this.#surroundings;
    if (descriptor === undefined) return undefined;
    this.#listens = true;
    this.#hasServed = true;
    registerListening(server, place, this.#surroundings, obstacle);
    return { descriptor, listens: (handle) => pretendToBeAt(handle, place) };
  }

  /**
   * The primary process of an application that uses node:cluster registers as one worker. It forwards the requests to the
   * application's own workers, which get their connections from it as ever. It stays registered while none of them runs.
   */
  #offerCluster(server: Listening, place: Place): Instead | undefined {
    if (!listensForCluster(server) || place.port < 0 || !this.#isWanted(place)) return undefined;
    if (this.#clusterSocket === undefined) {
      if (this.#main !== undefined) return undefined;
      this.#clusterSocket = privateSocket(this.#surroundings.socket);
      this.#serve(forwardingServer(this.#clusterSocket) as unknown as WebServer, place).listen();
    }
    return { path: this.#clusterSocket, listens: (handle) => pretendToBeAt(handle, place) };
  }

  #serve(server: WebServer, place: Place): AppServer {
    const app = new AppServer(server, place, this.#surroundings, () => {
      this.#main = undefined;
    });
    this.#main = { app, place };
    this.#apps.set(server, app);
    this.#hasServed = true;
    return app;
  }

  #isWanted({ address, port }: Place): boolean {
    if (this.#surroundings.app !== undefined) return port > 0; // the keeper opens the port
    const { port: gatewayPort, appPort = gatewayPort === undefined ? "any" : String(gatewayPort) } = this.#surroundings;
    return appPort === "any" || appPort === (port < 0 ? address : String(port));
  }

  /**
   * A second server on the same port would fail in Node, unless its address is another one. As for `localhost`, which
   * Fastify makes two servers of, the requests are then those of the first.
   */
  #another(place: Place): Instead | undefined {
    const main = this.#main;
    if (main === undefined || !isSamePort(place, main)) return undefined;
    const listen = () => (place.address === main.place.address ? -constants.errno.EADDRINUSE : 0);
    return { handle: new WorkerHandle(place, { shownPort: place.port, listen, close() {}, keepAlive() {} }) };
  }

  /** A further server of an app of the keeper. */
  #waits(server: Listening, { port }: Place): Instead | undefined {
    if (!this.#surroundings.outlives || port <= 0) return undefined;
    return { itself: (again) => waitForPort(server, port, again) };
  }

  #tellUnlessServed(place: Place): undefined {
    const { port, appPort = port } = this.#surroundings;
    setTimeout(() => {
      if (this.#hasServed) return;
      tell(
        `a server listens on ${textOf(place)}, but the gateway's requests are for one on ${appPort}: ` +
          `start it with --app-port ${textOf(place)} if this is the one, or with --app-port any`,
      );
    }, PATIENCE).unref();
  }

  #abortBeforeClosing(prototype: HttpServer | HttpsServer): void {
    const apps = this.#apps;
    const { closeAllConnections: closeAll } = prototype;
    prototype.closeAllConnections = function () {
      apps.get(this)?.abort();
      closeAll.call(this);
    };
  }
}

function isSamePort({ port }: Place, { app, place }: Main): boolean {
  return port >= 0 && (port === place.port || (place.port === 0 && port === app.shownPort));
}

function textOf({ address, port }: Place): string {
  return port < 0 ? address : String(port);
}
