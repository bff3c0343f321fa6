import { createServer as createHttpServer, type IncomingMessage, type Server, ServerResponse } from "node:http";
import { createServer as createHttp2Server, type Http2Server, type ServerHttp2Session } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { GatewayRequest, GatewayResponse, Upgrade } from "./exchange.ts";
import type { GatewayOptions } from "./options.ts";
import { UNREAD_TIMEOUT } from "./write-answer.ts";

/** What is known of a request beside itself. */
export interface Arrival {
  /** It asks to speak WebSocket from here on. */
  readonly upgrade?: Upgrade;
  /** The client waits for leave to send the body. */
  readonly awaitsContinue?: boolean;
}

/** Who answers. */
export type RequestHandler = (request: GatewayRequest, response: GatewayResponse, arrival?: Arrival) => void;

/** Milliseconds for a request's head, and for all of it: who is slower is told 408. */
const HEAD_TIMEOUT = 15_000;
const REQUEST_TIMEOUT = 300_000;
/** How often these are looked at. */
const CHECK_INTERVAL = 1_000;
/** Bytes of a request's head: above it 431. */
const MAX_HEAD = 16_384;
/** How HTTP/2 without TLS begins. Source: RFC 9113, 3.4. */
const HTTP2_PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** One port that speaks HTTP/1.1 and HTTP/2, in the clear or by TLS. */
export class HttpServer {
  readonly #http1: Server;
  readonly #http2: Http2Server;
  readonly #options: GatewayOptions;
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #sockets = new Set<Socket>();

  constructor(options: GatewayOptions, handle: RequestHandler) {
    this.#options = options;
    this.#http1 = createHttp1(options, handle);
    this.#http2 = createHttp2(options, handle);
    this.#http2.on("session", (session) => {
      this.#sessions.add(session);
      session.on("close", () => this.#sessions.delete(session));
    });
    this.#sortConnections();
  }

  /** Where it listens. */
  get address(): AddressInfo {
    return this.#http1.address() as AddressInfo;
  }

  /** @throws what the system says, such as EADDRINUSE. */
  listen(): Promise<void> {
    const { host, port } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#http1.once("error", reject);
    this.#http1.listen({ host, port, backlog: 4_096 }, () => {
      this.#http1.off("error", reject);
      resolve();
    });
    return promise;
  }

  /** Takes no more connections, and ends each when it has nothing under way. */
  drain(): void {
    this.#http1.close();
    this.#http1.closeIdleConnections();
    for (const session of this.#sessions) session.close();
  }

  /** Ends all connections. */
  destroy(): void {
    this.#http1.close();
    for (const session of this.#sessions) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
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
        if (socket.alpnProtocol === "h2") this.#http2.emit("connection", socket);
        else toHttp1.call(this.#http1, socket);
      } else this.#sortByFirstBytes(socket, toHttp1);
    });
  }

  #sortByFirstBytes(socket: Socket, toHttp1: (socket: Socket) => void): void {
    const silent = setTimeout(() => socket.destroy(), HEAD_TIMEOUT).unref();
    socket.on("error", () => {}); // until it is somebody's
    socket.once("close", () => clearTimeout(silent));
    socket.once("data", (first: Buffer) => {
      clearTimeout(silent);
      socket.pause();
      socket.unshift(first);
      if (first.subarray(0, HTTP2_PREFACE.length).equals(HTTP2_PREFACE.subarray(0, first.length))) {
        this.#http2.emit("connection", socket);
      } else toHttp1.call(this.#http1, socket);
      process.nextTick(() => socket.resume());
    });
  }
}

function createHttp1(options: GatewayOptions, handle: RequestHandler): Server {
  const settings = {
    keepAliveTimeout: options.keepAliveTimeout,
    headersTimeout: HEAD_TIMEOUT,
    requestTimeout: REQUEST_TIMEOUT,
    connectionsCheckingInterval: CHECK_INTERVAL,
    maxHeaderSize: MAX_HEAD,
    noDelay: true,
    // Any other protocol's offer is passed over, and the request answered by HTTP/1.1.
    shouldUpgradeCallback: ({ headers }: IncomingMessage) => headers.upgrade?.toLowerCase() === "websocket",
  };
  const server =
    options.tls === undefined
      ? createHttpServer(settings)
      : createHttpsServer({ ...settings, ...options.tls, ALPNProtocols: ["h2", "http/1.1"] });
  server.maxRequestsPerSocket = options.keepAliveRequests;
  server.setTimeout(UNREAD_TIMEOUT, endIfUnread);
  server.on("request", (request, response) => handle(request, response));
  server.on("checkContinue", (request, response) => handle(request, response, { awaitsContinue: true }));
  server.on("upgrade", (request, socket: Socket, head) => {
    handle(request, responseOn(request, socket), { upgrade: { socket, head } });
  });
  return server;
}

/** Node makes none for such a request: what is answered to it by HTTP is the last on its connection. */
function responseOn(request: IncomingMessage, socket: Socket): ServerResponse {
  socket.on("error", () => {}); // told by its end
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.on("finish", () => socket.end());
  return response;
}

function createHttp2(options: GatewayOptions, handle: RequestHandler): Http2Server {
  const server = createHttp2Server({
    settings: { maxConcurrentStreams: options.http2MaxStreams, maxHeaderListSize: MAX_HEAD },
  });
  server.setTimeout(options.keepAliveTimeout, (session?: ServerHttp2Session) => {
    session?.close();
  });
  server.on("request", (request, response) => handle(request, response));
  server.on("checkContinue", (request, response) => handle(request, response, { awaitsContinue: true }));
  server.on("sessionError", () => {}); // the session ends with it, and its requests hear of that
  return server;
}

/** Node asks when nothing has moved for a while: a request that waits for its answer is no reason, one unread is. */
function endIfUnread(socket: Socket): void {
  if (socket.writableLength > 0) socket.destroy();
}
