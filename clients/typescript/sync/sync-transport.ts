import type { HelloAnswer } from "../../../protocol/wire/message.ts";

/** A blocking call. */
export interface SyncCall {
  readonly name: string;
  /** The params as JSON. */
  readonly params: string;
  readonly input: Uint8Array | undefined;
  /** Milliseconds; 0: no timeout. */
  readonly timeout: number;
}

/** Everything that the service sent for a call. */
export interface SyncAnswer {
  readonly result: unknown;
  /** The command's byte stream; empty when it sends none. */
  readonly bytes: Buffer;
  readonly events: readonly unknown[];
}

/** Sends blocking calls to the service, one at a time. */
export interface SyncTransport {
  readonly socket: string;
  readonly hello: HelloAnswer;
  call(call: SyncCall): SyncAnswer;
  close(): void;
}
