import type { Stream } from "node:stream";
import type { XyPrissError } from "./xypriss-error.ts";

/**
 * Whether anybody will be told of a stream's failure. XyPriss's streams are a process's standard streams, which never
 * fail, so its applications need not listen; an "error" event would end them. Nobody listening, it is a process warning.
 */
export function isListenedTo(stream: Stream, error: XyPrissError): boolean {
  if (stream.listenerCount("error") > 0) return true;
  process.emitWarning(error.message, { type: "XyPrissWarning", detail: "Nobody listens for the stream's errors." });
  return false;
}
