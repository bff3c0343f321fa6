import type { ByteReader } from "../../protocol/wire/byte-stream.ts";
import type { EventReader, Progress } from "../../protocol/wire/event-stream.ts";

/** Input for a command that reads a byte stream. */
export type Input = string | Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

export interface CallOptions {
  /** Cancels the call: it fails at once with CANCELLED, and the service stops its work. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the call fails with TIMEOUT and the service stops its work; 0 and Infinity: no timeout. */
  readonly timeout?: number | undefined;
  /** Input for a command that reads a byte stream. */
  readonly input?: Input | undefined;
  /** Called with the progress of a command that reports it. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Receives the outcome of a call. */
export interface CallReceiver {
  resolve(result: unknown): void;
  reject(error: Error): void;
  /** Sets the source of the bytes that the command sends. */
  attach?(reader: ByteReader): void;
  /** Sets the source of the events that the command sends. */
  readonly attachEvents?: ((reader: EventReader) => void) | undefined;
}

/** A call to be sent, and the receiver of its outcome. */
export interface OutgoingCall {
  readonly name: string;
  readonly params: object;
  readonly options: CallOptions;
  readonly receiver: CallReceiver;
}
