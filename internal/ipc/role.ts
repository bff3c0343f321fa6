import type { FrameWriter } from "../../protocol/wire/frame.ts";
import type { Message } from "../../protocol/wire/message.ts";

/**
 * A role that the peer of a connection can take, such as a worker's: from then on part of what it says goes to whoever
 * offers the role. Peers without a role are clients.
 */
export interface Role {
  /** Type of the message by which a peer takes the role. */
  readonly takenBy: string;
  /** @throws INVALID_PARAMS for an invalid registration. */
  admit(peer: RolePeer, registration: unknown): RoleInbox;
}

/** A connection whose peer took a role, as the role sees it. */
export interface RolePeer {
  readonly writer: FrameWriter;
  readonly isOpen: boolean;
  /** Bytes that the peer has not taken yet. */
  readonly unsent: number;
  /** Ends the connection for a fault of the peer, and reports it to the peer. */
  fail(reason: string): void;
  close(): void;
  /** Called when the connection is gone; `fault` when it was ended for a fault of the peer. */
  onGone(listener: (fault?: string) => void): void;
}

/**
 * Receives what a peer with a role says. What is passed on aliases the bytes read: copy what must last. A BAD_FRAME thrown
 * here ends the connection.
 */
export interface RoleInbox {
  /** Message types that belong to the role; others are answered as on any connection. */
  readonly takes: ReadonlySet<string>;
  message(message: Message): void;
  /** A binary response (wire/xbp.ts). */
  xbpResponse(payload: Buffer): void;
  chunk(id: number, bytes: Buffer, last: boolean): void;
}
