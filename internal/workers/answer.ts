import type { Readable } from "node:stream";
import type { Headers } from "../../protocol/wire/worker.ts";

/** What a worker answered. */
export interface WorkerAnswer {
  readonly status: number;
  /** By lower-case name; without those that frame the body (content-length, transfer-encoding, connection). */
  readonly headers: Headers;
  /** Whole, or as it arrives: a Duplex where the protocol was changed. */
  readonly body?: Uint8Array | Readable | undefined;
}
