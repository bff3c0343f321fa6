import type { FrameWriter } from "../../protocol/wire/frame.ts";
import type { Message } from "../../protocol/wire/message.ts";

/** A connection that registered as a worker's, to whoever gives it work. */
export interface WorkerPeer {
  readonly writer: FrameWriter;
  readonly isOpen: boolean;
  /** Bytes that the worker has not taken yet. */
  readonly unsent: number;
  /** Ends the connection for a fault of the worker's, and tells it. */
  fail(reason: string): void;
  close(): void;
  /** Runs when the connection is gone; `fault` when it was ended for one of the worker's. */
  onGone(listener: (fault?: string) => void): void;
}

/**
 * What a worker says, once it has registered. What is passed on aliases the bytes read: copy what must last. A BAD_FRAME
 * thrown here ends the connection.
 */
export interface WorkerInbox {
  message(message: Message): void;
  xbpResponse(payload: Buffer): void;
  chunk(id: number, bytes: Buffer, last: boolean): void;
}

/** Who takes workers in. A service without one refuses them. */
export interface WorkerHome {
  /** @throws INVALID_PARAMS for a registration that is none. */
  admit(peer: WorkerPeer, registration: unknown): WorkerInbox;
}
