import { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { HeaderValue } from "../../../protocol/wire/worker.ts";
import { contextOf, type WorkerContext } from "./context.ts";
import type { WorkerExchange } from "./worker-exchange.ts";

const EXCHANGE = Symbol("exchange");

/** An own property, which stays when a framework replaces the request's prototype. */
interface NodeRequest extends IncomingMessage {
  [EXCHANGE]: WorkerExchange;
}

/**
 * The route parameters, addresses and stored uploads that the gateway adds to a request.
 * @throws TypeError for a request that does not come from serveNodeWorker
 */
export function workerContext(request: IncomingMessage): WorkerContext {
  const exchange = (request as NodeRequest)[EXCHANGE];
  if (exchange === undefined) throw new TypeError("the request does not come from serveNodeWorker");
  return contextOf(exchange);
}

/** Creates a node:http request. Its body is read from the gateway only as fast as the listener reads it. */
export function nodeRequest(
  exchange: WorkerExchange,
  socket: unknown,
  Request: typeof IncomingMessage = IncomingMessage,
): IncomingMessage {
  const { request } = exchange;
  const message = new Request(socket as Socket) as NodeRequest;
  message[EXCHANGE] = exchange;
  message.method = request.method;
  message.url = request.url;
  message.httpVersion = "1.1";
  message.httpVersionMajor = 1;
  message.httpVersionMinor = 1;
  addHeaders(message, exchange);
  if (exchange.input === undefined || exchange.isUpgrade) readWhole(message, request.body);
  else readChunks(message, exchange.input);
  return message;
}

function addHeaders(message: IncomingMessage, { request, input, isUpgrade }: WorkerExchange): void {
  const headers: Record<string, string | string[]> = {};
  const raw = message.rawHeaders;
  for (const name in request.headers) {
    const value = request.headers[name] as HeaderValue;
    if (!Array.isArray(value)) {
      headers[name] = String(value);
      raw.push(name, headers[name]);
    } else {
      headers[name] = name === "set-cookie" ? [...value] : value.join(name === "cookie" ? "; " : ", ");
      for (const line of value) raw.push(name, line);
    }
  }
  // Frameworks detect a body by these fields, so they must match the body that the gateway sends.
  if (input === undefined) {
    const size = request.body?.byteLength ?? 0;
    if (size > 0 || headers["content-length"] !== undefined) headers["content-length"] = String(size);
    delete headers["transfer-encoding"];
  } else if (headers["content-length"] === undefined && !isUpgrade) headers["transfer-encoding"] = "chunked";
  message.headers = headers;
}

function readWhole(message: IncomingMessage, body: Uint8Array | undefined): void {
  message.complete = true;
  message._read = () => {
    if (body !== undefined) message.push(body);
    message.push(null);
  };
}

function readChunks(message: IncomingMessage, input: NonNullable<WorkerExchange["input"]>): void {
  let reading = false;
  // node:http sets it because its parser pushes without being asked; here `_read` must be called.
  (message as unknown as { _readableState: { readingMore: boolean } })._readableState.readingMore = false;
  message._read = () => {
    if (reading) return;
    reading = true;
    input.next().then(
      (bytes) => {
        reading = false;
        message.complete = bytes === undefined;
        message.push(bytes ?? null);
      },
      (error) => message.destroy(error),
    );
  };
}
