import type { ByteReader } from "../../protocol/wire/byte-stream.ts";
import type { EventReader, Progress } from "../../protocol/wire/event-stream.ts";

/** Bytes for a command that reads a stream. */
export type Input = string | Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

export interface CallOptions {
  /** Cancels the call: it fails as CANCELLED at once, and the service is told. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the call fails as TIMEOUT, and the service is told; 0 and Infinity are for ever. */
  readonly timeout?: number | undefined;
  readonly input?: Input | undefined;
  /** Told how far the work has come, by the commands that do so. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Who waits for a call. */
export interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
  /** Takes the bytes a command sends. */
  attach?(reader: ByteReader): void;
  /** Takes the events a command sends. */
  readonly attachEvents?: ((reader: EventReader) => void) | undefined;
}

/** A call on its way. */
export interface OutgoingCall {
  readonly name: string;
  readonly params: object;
  readonly options: CallOptions;
  readonly waiting: Waiting;
}
