import { constants, type Http2Stream } from "node:http2";
import type { Socket } from "node:net";

/** Milliseconds that a client may leave an answer unread, or of HTTP/2 a body unfinished, without a byte. */
export const UNREAD_TIMEOUT = 60_000;

/** Nothing has moved for a while: a request that waits for its answer is no reason to end it, an answer unread is. */
export function endIfUnread(socket: Socket): void {
  if (socket.writableLength > 0) socket.destroy();
}

/** The same of one stream of many, and of a body that is read and does not come. HTTP/1.1 has a time for all of that. */
export function cancelIfStalled(stream: Http2Stream): void {
  const isBodyDue = stream.readableFlowing === true && !stream.readableEnded;
  if (stream.writableLength > 0 || isBodyDue) stream.close(constants.NGHTTP2_CANCEL);
}
