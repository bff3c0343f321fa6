import { type Readable, Transform } from "node:stream";
import { type Answer, errorAnswer } from "../exchange/answer.ts";
import type { Exchange } from "../exchange/exchange.ts";

/** A body that was read completely, or a stream of what was read and the rest; or why it was not read. */
export type Body =
  | { readonly whole: Buffer | undefined }
  | { readonly rest: Readable }
  | { readonly refused: Answer }
  /** The client has disconnected before the end of the body. */
  | { readonly gone: true };

const NONE: Body = { whole: undefined };
export const TOO_LARGE = { refused: errorAnswer(413, "Payload Too Large") };

/** Whether a request has a body, by its framing (RFC 9112, 6.3), or with HTTP/2 by the end of its stream. */
export function hasBody({ request }: Exchange): boolean {
  const { headers, httpVersionMajor } = request;
  if (headers["transfer-encoding"] !== undefined) return true;
  if (headers["content-length"] !== undefined) return headers["content-length"] !== "0";
  return httpVersionMajor >= 2 && !request.readableEnded && "stream" in request && !request.stream.endAfterHeaders;
}

/** Whether Content-Length is over the limit `max`. */
export function isAnnouncedTooLarge({ headers }: Exchange, max: number): boolean {
  return Number(headers["content-length"]) > max;
}

/**
 * Reads a body of at most `max` bytes. If it exceeds `inline` bytes, returns a stream of what was read and the rest. A
 * body over the limit is refused; if that shows while the rest is streamed, the stream fails with BodyTooLarge.
 */
export function readBody(exchange: Exchange, max: number, inline = max): Body | Promise<Body> {
  if (!hasBody(exchange)) return NONE;
  if (isAnnouncedTooLarge(exchange, max)) return TOO_LARGE;
  return collect(exchange, max, inline);
}

function collect({ request }: Exchange, max: number, inline: number): Promise<Body> {
  // The client has disconnected while a gate was waiting.
  if (request.destroyed) return Promise.resolve({ gone: true });
  const { promise, resolve } = Promise.withResolvers<Body>();
  const chunks: Buffer[] = [];
  let size = 0;
  const stop = (body: Body) => {
    request.off("data", take).off("end", end).off("close", gone).off("error", gone);
    resolve(body);
  };
  const take = (chunk: Buffer) => {
    size += chunk.length;
    chunks.push(chunk);
    if (size > max) stop(TOO_LARGE);
    else if (size > inline) {
      request.pause();
      stop({ rest: boundedRest(request, chunks, size, max) });
    }
  };
  const end = () => stop({ whole: chunks.length === 1 ? chunks[0] : Buffer.concat(chunks) });
  const gone = () => stop({ gone: true });
  request.on("data", take).on("end", end).on("close", gone).on("error", gone);
  return promise;
}

/** Error of a body stream that exceeds the limit. */
export class BodyTooLarge extends Error {
  readonly answer = TOO_LARGE.refused;
}

/** A stream of the chunks that were read and of the rest. It fails when the body exceeds `max` bytes. */
export function boundedRest(request: Readable, chunks: readonly Buffer[], read: number, max: number): Readable {
  let size = read;
  const bounded = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > max) done(new BodyTooLarge("the body is over the limit"));
      else done(null, chunk);
    },
  });
  bounded.on("error", () => request.resume());
  for (const chunk of chunks) bounded.push(chunk);
  const cutShort = () => {
    if (!request.readableEnded) bounded.destroy(new Error("the client disconnected before the end of its body"));
  };
  if (request.destroyed) cutShort();
  else request.once("close", cutShort).pipe(bounded);
  return bounded;
}
