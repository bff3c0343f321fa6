import type { Readable } from "node:stream";
import type { Headers } from "../../protocol/wire/worker.ts";

/** A worker's response. */
export interface WorkerAnswer {
  readonly status: number;
  /** By lower-case name, without the fields that frame the body (content-length, transfer-encoding, connection). */
  readonly headers: Headers;
  /** The whole body, or a stream of it; a Duplex after a protocol upgrade. */
  readonly body?: Uint8Array | Readable | undefined;
}
