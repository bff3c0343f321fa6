import { type IncomingMessage, ServerResponse } from "node:http";
import { NodeSending } from "./node-sending.ts";
import type { NodeSocket } from "./node-socket.ts";
import { outgoingHeaders } from "./outgoing-headers.ts";
import type { WorkerExchange } from "./worker-exchange.ts";

/**
 * Internal properties and methods of node:http's responses, unchanged since io.js. They are set on the response itself,
 * so that they stay when a framework such as Express replaces its prototype.
 */
interface ResponseInternals {
  socket: unknown;
  /** The head as text; null until it is fixed. */
  _header: string | null;
  _headerSent: boolean;
  _closed: boolean;
  destroyed: boolean;
  /** Fixes the status and the header fields. */
  _storeHeader(firstLine: string, headers: unknown): void;
  /** Writes bytes: of the body when the head is fixed, of an informational response (1xx) before that. */
  _writeRaw(data: string | Uint8Array, encoding?: BufferEncoding | null, done?: (error?: Error) => void): boolean;
  /** Called when everything was written. */
  _finish(): void;
  [needDrain: symbol]: boolean;
}

/** The property that tells that a writer waits for "drain". */
const NEED_DRAIN = Object.getOwnPropertySymbols(new ServerResponse({ method: "GET" } as IncomingMessage)).find(
  ({ description }) => description === "kNeedDrain",
);

/**
 * Creates a node:http response that is sent to the gateway without being formatted as HTTP text. A response that is
 * complete within a tick is sent as one message, any other as a stream.
 */
export function nodeResponse(
  exchange: WorkerExchange,
  request: IncomingMessage,
  socket: NodeSocket,
  Response: typeof ServerResponse = ServerResponse,
): ServerResponse {
  const response = new Response(request);
  const internals = response as unknown as ResponseInternals;
  const close = () => {
    if (internals._closed) return;
    internals.destroyed = true;
    internals._closed = true;
    response.emit("close");
  };
  const sending = new NodeSending(exchange, {
    drained: () => {
      if (NEED_DRAIN !== undefined) internals[NEED_DRAIN] = false;
      response.emit("drain");
    },
    closed: close,
  });
  internals.socket = socket;
  socket._httpMessage = response;
  internals._storeHeader = (firstLine, headers) => {
    sending.head(response.statusCode, outgoingHeaders(response.getHeaders(), headers, request.method));
    internals._header = firstLine;
    internals._headerSent = true;
  };
  internals._writeRaw = (data, encoding, done) => {
    if (internals._header === null) {
      if (done) process.nextTick(done);
      return true; // an informational response is dropped: the gateway has already sent 100 Continue
    }
    return sending.write(typeof data === "string" ? Buffer.from(data, encoding ?? "utf8") : data, done);
  };
  internals._finish = () => {
    ServerResponse.prototype.emit.call(response, "prefinish");
    sending.finish();
  };
  exchange.onLost(() => process.nextTick(close));
  return response;
}
