import { type IncomingMessage, ServerResponse } from "node:http";
import { NodeSending } from "./node-sending.ts";
import type { NodeSocket } from "./node-socket.ts";
import { outgoingHeaders } from "./outgoing-headers.ts";
import type { WorkerExchange } from "./worker-exchange.ts";

/**
 * What node:http's responses do beneath their public methods. They have been so since io.js; what is set on the response
 * itself stays when a framework gives it another prototype, as Express does.
 */
interface Beneath {
  socket: unknown;
  /** The head as text; null while it is open to changes. */
  _header: string | null;
  _headerSent: boolean;
  _closed: boolean;
  destroyed: boolean;
  /** Fixes status and header fields. */
  _storeHeader(firstLine: string, headers: unknown): void;
  /** Takes bytes: the body's once the head is fixed, and before that those of an informational response. */
  _writeRaw(data: string | Uint8Array, encoding?: BufferEncoding | null, done?: (error?: Error) => void): boolean;
  /** All was written. */
  _finish(): void;
  [needDrain: symbol]: boolean;
}

/** Where a response keeps that its writer waits for "drain". */
const NEED_DRAIN = Object.getOwnPropertySymbols(new ServerResponse({ method: "GET" } as IncomingMessage)).find(
  ({ description }) => description === "kNeedDrain",
);

/**
 * A response of node:http that is sent as an answer, without the text of HTTP being made: whole, when all of it was
 * written within a tick, or else as it comes.
 */
export function nodeResponse(exchange: WorkerExchange, request: IncomingMessage, socket: NodeSocket): ServerResponse {
  const response = new ServerResponse(request);
  const beneath = response as unknown as Beneath;
  const close = () => {
    if (beneath._closed) return;
    beneath.destroyed = true;
    beneath._closed = true;
    response.emit("close");
  };
  const sending = new NodeSending(exchange, {
    drained: () => {
      if (NEED_DRAIN !== undefined) beneath[NEED_DRAIN] = false;
      response.emit("drain");
    },
    closed: close,
  });
  beneath.socket = socket;
  socket._httpMessage = response;
  beneath._storeHeader = (firstLine, headers) => {
    sending.head(response.statusCode, outgoingHeaders(response.getHeaders(), headers, request.method));
    beneath._header = firstLine;
    beneath._headerSent = true;
  };
  beneath._writeRaw = (data, encoding, done) => {
    if (beneath._header === null) {
      if (done) process.nextTick(done);
      return true; // a gateway has told its client to go on already
    }
    return sending.write(typeof data === "string" ? Buffer.from(data, encoding ?? "utf8") : data, done);
  };
  beneath._finish = () => {
    ServerResponse.prototype.emit.call(response, "prefinish");
    sending.finish();
  };
  exchange.onLost(() => process.nextTick(close));
  return response;
}
