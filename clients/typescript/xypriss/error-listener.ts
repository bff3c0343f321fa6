import type { Stream } from "node:stream";
import type { XyPrissError } from "./xypriss-error.ts";

/**
 * Whether a stream has a listener for "error" events. Without one, an "error" event would end the application, and
 * applications of XyPriss need none: XyPriss's streams are standard streams of a process, which never fail. The error
 * is then emitted as a process warning.
 */
export function hasErrorListener(stream: Stream, error: XyPrissError): boolean {
  if (stream.listenerCount("error") > 0) return true;
  process.emitWarning(error.message, { type: "XyPrissWarning", detail: "The stream has no error listener." });
  return false;
}
