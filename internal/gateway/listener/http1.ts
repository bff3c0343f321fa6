import { createServer, type IncomingMessage, type Server, ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Socket } from "node:net";
import { wheneverQuiet, withinTimer } from "../../../protocol/timers.ts";
import type { GatewayOptions } from "../options.ts";
import { BrokenConnections, type RefuseBody } from "./broken-connection.ts";
import type { Arrival, RequestHandler } from "./request-handler.ts";
import { endIfUnread, UNREAD_TIMEOUT } from "./stalled.ts";

/** Milliseconds for a request's head, and for the whole request. A slower client is answered with 408. */
export const HEAD_TIMEOUT = 15_000;
const REQUEST_TIMEOUT = 300_000;
/** Milliseconds between two checks of these timeouts. */
const CHECK_INTERVAL = 1_000;
/** Bytes of a request's head. A larger one is answered with 431. */
const MAX_HEAD = 16_384;
/** Pipelined requests waiting on one connection, as many as HTTP/2 streams. With more, the connection is closed. */
const MAX_PIPELINED = 100;

/** Node's HTTP/1.1 server, in cleartext or over TLS, with the gateway's limits. */
export function createHttp1(options: GatewayOptions, handle: RequestHandler, refuseBody: RefuseBody): Server {
  const settings = {
    keepAliveTimeout: withinTimer(options.keepAliveTimeout),
    headersTimeout: HEAD_TIMEOUT,
    requestTimeout: REQUEST_TIMEOUT,
    connectionsCheckingInterval: CHECK_INTERVAL,
    maxHeaderSize: MAX_HEAD,
    noDelay: true,
    requireHostHeader: false, // checked with the rest of the request's address
    optimizeEmptyRequests: true, // a request without a body emits no stream events; nothing listens for them
    shouldUpgradeCallback: isWebSocket,
  };
  const server =
    options.tls === undefined
      ? createServer(settings)
      : createHttpsServer({ ...settings, ...options.tls, ALPNProtocols: ["h2", "http/1.1"] });
  server.maxRequestsPerSocket = options.keepAliveRequests;
  server.timeout = UNREAD_TIMEOUT;
  const take = (request: IncomingMessage, response: ServerResponse, arrival?: Arrival) => {
    if (isClosing(request.socket)) return;
    newest.set(request.socket, response);
    // Without a listener, as between two requests, Node closes the connection.
    response.on("timeout", endIfUnread);
    if (response.socket === null && isOneTooMany(request.socket, response)) request.socket.destroy();
    else handle(request, response, arrival);
  };
  server.on("request", (request, response) => take(request, response));
  server.on("checkContinue", (request, response) => take(request, response, { awaitsContinue: true }));
  server.on("checkExpectation", (request, response) => take(request, response));
  server.on("upgrade", (request, socket: Socket, head) => {
    handle(request, responseOn(request, socket), { socket, upgrade: { socket, head } });
  });
  server.on("connect", (request, socket: Socket) => {
    // Node has released the connection, so the answer to an earlier request might be cut off.
    if (isAnswerDue(socket) || isClosing(socket)) socket.destroy();
    else handle(request, responseOn(request, socket), { socket });
  });
  const broken = new BrokenConnections(refuseBody);
  server.on("clientError", (error, socket) => broken.take(error, socket as Socket, newest.get(socket as Socket)));
  return server;
}

/** The response to the latest request on each connection. */
const newest = new WeakMap<Socket, ServerResponse>();

/** Whether the latest request is not yet answered. */
function isAnswerDue(socket: Socket): boolean {
  return newest.get(socket)?.writableFinished === false;
}

/**
 * Whether the connection closes after the latest request. Requests that follow it in the same packet are not handled:
 * they may be the rest of a body that was refused for its framing. Source: RFC 9112, 9.6.
 */
function isClosing(socket: Socket): boolean {
  return newest.get(socket)?.shouldKeepAlive === false;
}

/**
 * Whether a request's Upgrade is honored. Otherwise it is ignored, and the request is answered over HTTP/1.1. That is
 * so for protocols other than WebSocket; for HTTP/1.0, which has no upgrades (RFC 9110, 7.8); for methods other than
 * GET (RFC 6455, 4.1); for a request with a body, for which Node provides a stream behind the body in place of the
 * socket; and while earlier requests on the connection are not answered.
 */
function isWebSocket({ method, httpVersion, headers, socket }: IncomingMessage): boolean {
  if (method !== "GET" || httpVersion !== "1.1" || isAnswerDue(socket) || isClosing(socket)) return false;
  const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) !== 0;
  return headers.upgrade?.toLowerCase() === "websocket" && !hasBody;
}

/** Number of pipelined requests that wait on each connection. */
const queued = new WeakMap<Socket, number>();

/** Node sets no limit of its own: one packet can hold thousands of requests. */
function isOneTooMany(socket: Socket, response: ServerResponse): boolean {
  const count = (queued.get(socket) ?? 0) + 1;
  if (count > MAX_PIPELINED) return true;
  queued.set(socket, count);
  response.once("close", () => queued.set(socket, (queued.get(socket) ?? 1) - 1));
  return false;
}

/**
 * Creates the response to an upgrade or CONNECT request, for which Node creates none. The connection is closed after
 * it. Nothing reads from the socket, so the end of its client would not be noticed; hence the timeout.
 */
function responseOn(request: IncomingMessage, socket: Socket): ServerResponse {
  socket.on("error", () => {}); // `close` follows
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.on("finish", () => socket.destroySoon());
  wheneverQuiet(socket, UNREAD_TIMEOUT, () => endIfUnread(socket));
  return response;
}
