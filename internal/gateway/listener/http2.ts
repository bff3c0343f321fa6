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

/** Bytes of a request's header fields. */
const MAX_HEAD = 16_384;

/** Node's HTTP/2, which is handed its connections, with our limits. */
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
  // Node knows the expectation in lower case alone; another one is refused before leave is given.
  server.on("checkExpectation", (request, response) => handle(request, response, { awaitsContinue: true }));
  server.on("connect", (request: Http2ServerRequest, response: Http2ServerResponse) => handle(request, response));
  server.on("sessionError", () => {}); // the session ends with it, and its requests hear of that
  return server;
}
