import { createServer, type IncomingMessage, type Server, ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Socket } from "node:net";
import { wheneverQuiet, withinTimer } from "../../../protocol/timers.ts";
import type { GatewayOptions } from "../options.ts";
import { BrokenConnections, type RefuseBody } from "./broken-connection.ts";
import type { Arrival, RequestHandler } from "./request-handler.ts";
import { endIfUnread, UNREAD_TIMEOUT } from "./stalled.ts";

/** Milliseconds for a request's head, and for all of it: who is slower is told 408. */
export const HEAD_TIMEOUT = 15_000;
const REQUEST_TIMEOUT = 300_000;
/** How often these are looked at. */
const CHECK_INTERVAL = 1_000;
/** Bytes of a request's head: above it 431. */
const MAX_HEAD = 16_384;
/** Requests on a connection that wait for the answer to an earlier one, as many as streams of HTTP/2; with more it is cut off. */
const MAX_PIPELINED = 100;

/** Node's HTTP/1.1, in the clear or by TLS, with our limits. */
export function createHttp1(options: GatewayOptions, handle: RequestHandler, refuseBody: RefuseBody): Server {
  const settings = {
    keepAliveTimeout: withinTimer(options.keepAliveTimeout),
    headersTimeout: HEAD_TIMEOUT,
    requestTimeout: REQUEST_TIMEOUT,
    connectionsCheckingInterval: CHECK_INTERVAL,
    maxHeaderSize: MAX_HEAD,
    noDelay: true,
    requireHostHeader: false, // looked at with the rest of the request's address
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
    // Where nobody listens, as between two requests, node closes the connection.
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
    // Node has let go of the connection, so that the answer before it might not get to its end.
    if (isAnswerDue(socket) || isClosing(socket)) socket.destroy();
    else handle(request, responseOn(request, socket), { socket });
  });
  const broken = new BrokenConnections(refuseBody);
  server.on("clientError", (error, socket) => broken.take(error, socket as Socket, newest.get(socket as Socket)));
  return server;
}

/** The answer to the request that came last on each connection. */
const newest = new WeakMap<Socket, ServerResponse>();

/** Whether a request is still to be answered. */
function isAnswerDue(socket: Socket): boolean {
  return newest.get(socket)?.writableFinished === false;
}

/**
 * Whether the request that came last is the last: what comes behind it in the same packet is not carried out, for it may be
 * the rest of a body that was refused for its framing. Source: RFC 9112, 9.6.
 */
function isClosing(socket: Socket): boolean {
  return newest.get(socket)?.shouldKeepAlive === false;
}

/**
 * Any other protocol's offer is passed over, and the request answered by HTTP/1.1; so is one of HTTP/1.0, which has no
 * such offers (RFC 9110, 7.8), one that is not GET (RFC 6455, 4.1), one with a body, which no WebSocket has, and for
 * which node gives no socket but a stream behind that body, and one that comes before earlier ones are answered, whose
 * connection is not free.
 */
function isWebSocket({ method, httpVersion, headers, socket }: IncomingMessage): boolean {
  if (method !== "GET" || httpVersion !== "1.1" || isAnswerDue(socket) || isClosing(socket)) return false;
  const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) !== 0;
  return headers.upgrade?.toLowerCase() === "websocket" && !hasBody;
}

/** Requests of each connection that came before those ahead of them were answered. */
const queued = new WeakMap<Socket, number>();

/** Node takes as many as a connection holds, which is thousands in one packet. */
function isOneTooMany(socket: Socket, response: ServerResponse): boolean {
  const count = (queued.get(socket) ?? 0) + 1;
  if (count > MAX_PIPELINED) return true;
  queued.set(socket, count);
  response.once("close", () => queued.set(socket, (queued.get(socket) ?? 1) - 1));
  return false;
}

/**
 * Node makes none for such a request: what is answered to it by HTTP is the last on its connection. Nobody reads what its
 * client still says, so its end would stay unseen.
 */
function responseOn(request: IncomingMessage, socket: Socket): ServerResponse {
  socket.on("error", () => {}); // told by its end
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.on("finish", () => socket.destroySoon());
  wheneverQuiet(socket, UNREAD_TIMEOUT, () => endIfUnread(socket));
  return response;
}
