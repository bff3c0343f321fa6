import { constants, type Http2Stream } from "node:http2";
import type { Socket } from "node:net";

/** Milliseconds without a byte after which an unread answer, or with HTTP/2 an unfinished body, ends the request. */
export const UNREAD_TIMEOUT = 60_000;

/**
 * Called after a period of silence. Closes the connection if an answer is unread, but not if a request waits for one.
 */
export function endIfUnread(socket: Socket): void {
  if (socket.writableLength > 0) socket.destroy();
}

/** The same for an HTTP/2 stream, and for a body that is awaited. HTTP/1.1 has a timeout for the whole request. */
export function cancelIfStalled(stream: Http2Stream): void {
  const isBodyDue = stream.readableFlowing === true && !stream.readableEnded;
  if (stream.writableLength > 0 || isBodyDue) stream.close(constants.NGHTTP2_CANCEL);
}
