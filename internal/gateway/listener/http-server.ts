import type { Server } from "node:http";
import type { Http2Server, ServerHttp2Session } from "node:http2";
import { type AddressInfo, Server as NetServer, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { XsysError } from "../../../protocol/errors.ts";
import { pause } from "../../../protocol/timers.ts";
import type { Logger } from "../../base/log.ts";
import { childProcesses } from "../../facts/child-processes.ts";
import { listenOn } from "../../ipc/held-socket.ts";
import type { GatewayOptions } from "../options.ts";
import type { RefuseBody } from "./broken-connection.ts";
import { createHttp1, HEAD_TIMEOUT } from "./http1.ts";
import { createHttp2 } from "./http2.ts";
import type { RequestHandler } from "./request-handler.ts";

/** The connection preface of HTTP/2. Source: RFC 9113, 3.4. */
const HTTP2_PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** Milliseconds for which idle connections stay open when the server stops. */
const IDLE_GRACE = 300;
/** Share of the process's file descriptors that connections may use. */
const CONNECTIONS_SHARE = 0.75;
/** Milliseconds between two log messages about refused connections. */
const LOG_INTERVAL = 10_000;

/** Serves HTTP/1.1 and HTTP/2 on one port, in cleartext or over TLS. */
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
    // Such as EMFILE: no descriptor is left for a connection. The server continues to listen.
    this.#http1.on("error", (error) => log.error({ err: error }, "HTTP's listening socket failed"));
    this.#http2.on("session", (session) => {
      this.#sessions.add(session);
      session.on("close", () => this.#sessions.delete(session));
    });
    this.#limitConnections(log);
    this.#detectProtocol();
  }

  /** The address it listens on. */
  get address(): AddressInfo {
    return this.#http1.address() as AddressInfo;
  }

  /** @throws the system's error, such as EADDRINUSE; CANCELLED if the server is stopped first. */
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
   * Accepts connections from a listening socket that other processes share.
   * @param descriptor - a duplicate, which is closed when this server stops accepting
   */
  async listenOn(descriptor: number): Promise<AddressInfo> {
    return listenOn(this.#http1, descriptor);
  }

  /** Accepts no more connections until the next `listenOn`. Open connections are not affected. */
  pause(): void {
    NetServer.prototype.close.call(this.#http1);
  }

  /** Number of open connections. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Calls the listener at each new connection. */
  onConnection(listener: () => void): void {
    this.#http1.on("connection", listener);
  }

  /**
   * Accepts no more connections, and closes each one when its requests are answered. Idle connections stay open for
   * `IDLE_GRACE`, as a request may already be in transit on them; it is the last one there. Resolves after that time.
   */
  async drain(): Promise<void> {
    this.#stopListening();
    for (const session of this.#sessions) session.close();
    if (this.#sockets.size > 0) await pause(IDLE_GRACE);
    this.#http1.closeIdleConnections();
  }

  /** Closes all connections at once. */
  destroy(): void {
    this.#stopListening();
    for (const session of this.#sessions) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Uses net.Server's `close`: that of http.Server closes idle connections at once. */
  #stopListening(): void {
    this.#giveUpListening(new XsysError("CANCELLED", "the server was stopped before it listened"));
    NetServer.prototype.close.call(this.#http1);
  }

  /** Limits connections, so that descriptors are left for workers and files. */
  #limitConnections(log: Logger): void {
    const descriptors = childProcesses.descriptorLimit();
    if (descriptors === undefined) return;
    this.#http1.maxConnections = Math.ceil(descriptors * CONNECTIONS_SHARE);
    let loggedAt = Number.NEGATIVE_INFINITY;
    this.#http1.on("drop", () => {
      if (performance.now() - loggedAt < LOG_INTERVAL) return;
      loggedAt = performance.now();
      log.warn(
        { connections: this.#http1.maxConnections },
        "connections are refused: too many are open for the limit of `ulimit -n`",
      );
    });
  }

  /** Detects HTTP/2 by ALPN with TLS, otherwise by the first bytes. Node's own listener gets the other connections. */
  #detectProtocol(): void {
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
      } else this.#detectByFirstBytes(socket, toHttp1);
    });
  }

  /** Node's HTTP/1.1 server allows half-open connections, on which HTTP/2 would not notice a disconnected client. */
  #toHttp2(socket: Socket): void {
    socket.allowHalfOpen = false;
    this.#http2.emit("connection", socket);
  }

  /** Reads until the bytes match the preface or differ from it: a POST that arrives byte by byte also begins with P. */
  #detectByFirstBytes(socket: Socket, toHttp1: (socket: Socket) => void): void {
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
    socket.on("error", () => {}); // until a server has taken the socket
    socket.once("close", () => clearTimeout(silent));
    socket.on("data", take).on("end", leave);
  }
}
