import {
  createServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from "node:http2";
import { wheneverQuiet, withinTimer } from "../../../protocol/timers.ts";
import type { GatewayOptions } from "../options.ts";
import type { RequestHandler } from "./request-handler.ts";
import { cancelIfStalled, UNREAD_TIMEOUT } from "./stalled.ts";

/** Maximum size of a request's header fields, in bytes. */
const MAX_HEAD = 16_384;

/** Node's HTTP/2 server with the gateway's limits. It does not listen; it is handed its connections. */
export function createHttp2(options: GatewayOptions, handle: RequestHandler): Http2Server {
  const server = createServer({
    settings: { maxConcurrentStreams: options.http2MaxStreams, maxHeaderListSize: MAX_HEAD },
  });
  server.setTimeout(withinTimer(options.keepAliveTimeout), (session?: ServerHttp2Session) => {
    session?.close();
  });
  server.on("stream", (stream) => wheneverQuiet(stream, UNREAD_TIMEOUT, () => cancelIfStalled(stream)));
  server.on("request", (request, response) => handle(request, response));
  server.on("checkContinue", (request, response) => handle(request, response, { awaitsContinue: true }));
  // Node recognizes only the lower-case 100-continue. Any other expectation is checked before 100 is sent.
  server.on("checkExpectation", (request, response) => handle(request, response, { awaitsContinue: true }));
  server.on("connect", (request: Http2ServerRequest, response: Http2ServerResponse) => handle(request, response));
  server.on("sessionError", () => {}); // the session closes, which ends its requests
  return server;
}
