import type { Server } from "node:http";
import type { Http2Server, ServerHttp2Session } from "node:http2";
import { type AddressInfo, Server as NetServer, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { XsysError } from "../../../protocol/errors.ts";
import { pause } from "../../../protocol/timers.ts";
import type { Logger } from "../../base/log.ts";
import { descriptorLimit } from "../../facts/descriptor-limit.ts";
import type { GatewayOptions } from "../options.ts";
import type { RefuseBody } from "./broken-connection.ts";
import { createHttp1, HEAD_TIMEOUT } from "./http1.ts";
import { createHttp2 } from "./http2.ts";
import type { RequestHandler } from "./request-handler.ts";

/** How HTTP/2 without TLS begins. Source: RFC 9113, 3.4. */
const HTTP2_PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** Milliseconds that an idle connection is kept when the server stops. */
const IDLE_GRACE = 300;
/** Of all descriptors that the process may have. */
const CONNECTIONS_SHARE = 0.75;
/** Milliseconds between two words in the log about connections that were refused. */
const TELL_INTERVAL = 10_000;

/** One port that speaks HTTP/1.1 and HTTP/2, in the clear or by TLS. */
export class HttpServer {
  readonly #http1: Server;
  readonly #http2: Http2Server;
  readonly #options: GatewayOptions;
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #sockets = new Set<Socket>();
  #giveUpListening: (error: Error) => void = () => {};

  constructor(
    options: GatewayOptions,
    handle: RequestHandler,
    log: Logger,
    refuseBody: RefuseBody = (response) => response.destroy(),
  ) {
    this.#options = options;
    this.#http1 = createHttp1(options, handle, refuseBody);
    this.#http2 = createHttp2(options, handle);
    // Such as a connection that there is no descriptor for: the next one may be luckier.
    this.#http1.on("error", (error) => log.error({ err: error }, "HTTP's listening socket failed"));
    this.#http2.on("session", (session) => {
      this.#sessions.add(session);
      session.on("close", () => this.#sessions.delete(session));
    });
    this.#limitConnections(log);
    this.#sortConnections();
  }

  /** Where it listens. */
  get address(): AddressInfo {
    return this.#http1.address() as AddressInfo;
  }

  /** @throws what the system says, such as EADDRINUSE; CANCELLED when it is closed first. */
  listen(): Promise<void> {
    const { host, port } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#giveUpListening = reject;
    this.#http1.once("error", reject);
    this.#http1.listen({ host, port, backlog: 4_096 }, () => {
      this.#http1.off("error", reject);
      resolve();
    });
    return promise;
  }

  /**
   * Takes no more connections, and ends each when it has nothing under way. Those that are idle have a moment: a request
   * may be on its way on them, and is the last one there. Resolves after that.
   */
  async drain(): Promise<void> {
    this.#stopListening();
    for (const session of this.#sessions) session.close();
    if (this.#sockets.size > 0) await pause(IDLE_GRACE);
    this.#http1.closeIdleConnections();
  }

  /** Ends all connections. */
  destroy(): void {
    this.#stopListening();
    for (const session of this.#sessions) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** HTTP's own close would end idle connections at once. */
  #stopListening(): void {
    this.#giveUpListening(new XsysError("CANCELLED", "the server was stopped before it listened"));
    NetServer.prototype.close.call(this.#http1);
  }

  /** Some descriptors are left for workers and files, whatever comes. */
  #limitConnections(log: Logger): void {
    const descriptors = descriptorLimit();
    if (descriptors === undefined) return;
    this.#http1.maxConnections = Math.ceil(descriptors * CONNECTIONS_SHARE);
    let told = Number.NEGATIVE_INFINITY;
    this.#http1.on("drop", () => {
      if (performance.now() - told < TELL_INTERVAL) return;
      told = performance.now();
      log.warn(
        { connections: this.#http1.maxConnections },
        "connections are refused: too many are open for `ulimit -n`",
      );
    });
  }

  /** HTTP/2 is told by TLS, or else by its first bytes; node's own listener takes the rest. */
  #sortConnections(): void {
    const event = this.#options.tls === undefined ? "connection" : "secureConnection";
    const [toHttp1] = this.#http1.listeners(event) as [(socket: Socket) => void];
    this.#http1.off(event, toHttp1);
    this.#http1.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    this.#http1.on(event, (socket: Socket | TLSSocket) => {
      if ("alpnProtocol" in socket) {
        if (socket.alpnProtocol === "h2") this.#toHttp2(socket);
        else toHttp1.call(this.#http1, socket);
      } else this.#sortByFirstBytes(socket, toHttp1);
    });
  }

  /** Node's HTTP/1.1 leaves a connection half open that its client has ended; HTTP/2 would not see that it has gone. */
  #toHttp2(socket: Socket): void {
    socket.allowHalfOpen = false;
    this.#http2.emit("connection", socket);
  }

  /** As many as tell it: a POST that comes byte by byte begins as HTTP/2 does. */
  #sortByFirstBytes(socket: Socket, toHttp1: (socket: Socket) => void): void {
    const silent = setTimeout(() => socket.destroy(), HEAD_TIMEOUT).unref();
    let first: Buffer = Buffer.alloc(0);
    const take = (bytes: Buffer) => {
      first = first.length === 0 ? bytes : Buffer.concat([first, bytes]);
      const begun = first.subarray(0, HTTP2_PREFACE.length);
      const isHttp2 = begun.equals(HTTP2_PREFACE.subarray(0, begun.length));
      if (isHttp2 && begun.length < HTTP2_PREFACE.length) return;
      clearTimeout(silent);
      socket.off("data", take).off("end", leave).pause();
      socket.unshift(first);
      if (isHttp2) this.#toHttp2(socket);
      else toHttp1.call(this.#http1, socket);
      process.nextTick(() => socket.resume());
    };
    const leave = () => void socket.destroy();
    socket.on("error", () => {}); // until it is somebody's
    socket.once("close", () => clearTimeout(silent));
    socket.on("data", take).on("end", leave);
  }
}
