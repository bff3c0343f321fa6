import { type Readable, Transform } from "node:stream";
import { type Answer, errorAnswer } from "../exchange/answer.ts";
import type { Exchange } from "../exchange/exchange.ts";

/** A body, as far as it was read: whole, or its beginning and the rest as it comes. */
export type Body =
  | { readonly whole: Buffer | undefined }
  | { readonly rest: Readable }
  | { readonly refused: Answer }
  /** The client has gone before its end. */
  | { readonly gone: true };

const NONE: Body = { whole: undefined };
export const TOO_LARGE = { refused: errorAnswer(413, "Payload Too Large") };

/** Whether a request has a body, by its framing. Source: RFC 9112, 6.3; HTTP/2 tells it by its stream's end. */
export function hasBody({ request }: Exchange): boolean {
  const { headers, httpVersionMajor } = request;
  if (headers["transfer-encoding"] !== undefined) return true;
  if (headers["content-length"] !== undefined) return headers["content-length"] !== "0";
  return httpVersionMajor >= 2 && !request.readableEnded && "stream" in request && !request.stream.endAfterHeaders;
}

/** Whether a body is announced that is over a limit. */
export function isAnnouncedTooLarge({ headers }: Exchange, most: number): boolean {
  return Number(headers["content-length"]) > most;
}

/**
 * Reads a body up to `most` bytes; with `inline`, only that many of them, and passes on the rest as it comes. What is
 * over the limit is refused; a rest that turns out to be over it fails with the Answer as its error's cause.
 */
export function readBody(exchange: Exchange, most: number, inline = most): Body | Promise<Body> {
  if (!hasBody(exchange)) return NONE;
  if (isAnnouncedTooLarge(exchange, most)) return TOO_LARGE;
  return collect(exchange, most, inline);
}

function collect({ request }: Exchange, most: number, inline: number): Promise<Body> {
  // Gone while a gate took its time.
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
    if (size > most) stop(TOO_LARGE);
    else if (size > inline) {
      request.pause();
      stop({ rest: boundedRest(request, chunks, size, most) });
    }
  };
  const end = () => stop({ whole: chunks.length === 1 ? chunks[0] : Buffer.concat(chunks) });
  const gone = () => stop({ gone: true });
  request.on("data", take).on("end", end).on("close", gone).on("error", gone);
  return promise;
}

/** A body's error when it is over the limit. */
export class BodyTooLarge extends Error {
  readonly answer = TOO_LARGE.refused;
}

/** What was read already, and then the rest, as long as both are within the limit. */
export function boundedRest(request: Readable, chunks: readonly Buffer[], read: number, most: number): Readable {
  let size = read;
  const bounded = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > most) done(new BodyTooLarge("a body is over the limit"));
      else done(null, chunk);
    },
  });
  bounded.on("error", () => request.resume());
  for (const chunk of chunks) bounded.push(chunk);
  const cutShort = () => {
    if (!request.readableEnded) bounded.destroy(new Error("the client has gone before its body's end"));
  };
  if (request.destroyed) cutShort();
  else request.once("close", cutShort).pipe(bounded);
  return bounded;
}
