import type { HelloAnswer } from "../../../protocol/wire/message.ts";

/** A call that is waited for. */
export interface SyncCall {
  readonly name: string;
  /** The params as JSON. */
  readonly params: string;
  readonly input: Uint8Array | undefined;
  /** Milliseconds it may take; 0 is for ever. */
  readonly timeout: number;
}

/** All that a call was answered with. */
export interface SyncAnswer {
  readonly result: unknown;
  /** The bytes it sent; empty when it sends none. */
  readonly bytes: Buffer;
  readonly events: readonly unknown[];
}

/** What carries blocking calls, one at a time. */
export interface SyncCarrier {
  readonly socket: string;
  readonly hello: HelloAnswer;
  call(call: SyncCall): SyncAnswer;
  close(): void;
}
