import type { FrameWriter } from "../../protocol/wire/frame.ts";
import type { Message } from "../../protocol/wire/message.ts";

/**
 * A role that the peer of a connection can take, such as worker. From then on some of its messages go to the role's
 * inbox. Peers without a role are clients.
 */
export interface Role {
  /** Type of the message with which a peer takes the role. */
  readonly takenBy: string;
  /** @throws INVALID_PARAMS for an invalid registration. */
  admit(peer: RolePeer, registration: unknown): RoleInbox;
}

/** The messages by which a peer takes a role, and what the peers of the role are called. A service may not offer all. */
export const ROLES: ReadonlyMap<string, string> = new Map([
  ["RegisterWorker", "workers"],
  ["RegisterGateway", "gateways"],
  ["RegisterAppGateway", "gateways of apps"],
  ["RunCommandLine", "fronts"],
]);

/** A connection whose peer took a role, as the role sees it. */
export interface RolePeer {
  readonly writer: FrameWriter;
  readonly isOpen: boolean;
  /** Bytes that the peer has not read yet. */
  readonly unsent: number;
  /** Sends the reason to the peer as an error and closes the connection, because the peer violated the protocol. */
  fail(reason: string): void;
  close(): void;
  /** Calls the listener when the connection is closed, with `fault` when the peer's fault was the reason. */
  onGone(listener: (fault?: string) => void): void;
}

/**
 * Receives the messages of a peer with a role. The buffers are views of the read buffer: copy what is kept. A BAD_FRAME
 * thrown here closes the connection.
 */
export interface RoleInbox {
  /** Message types that go to this inbox. Others are handled as on any connection. */
  readonly takes: ReadonlySet<string>;
  /**
   * Whether the peer grants credit for all that it is sent. Then it may stop reading for any time, as a pager does.
   */
  readonly boundsOutput?: boolean;
  /** Maximum size of the peer's messages in bytes, in place of that of the service's clients. */
  readonly maxFrame?: number;
  /** Calls of the peer in this role that a stopping service waits for. */
  readonly callsInFlight?: number;
  /** The service is shutting down: ends the calls that may never end by themselves. */
  endSubscriptions?(): void;
  message(message: Message): void;
  /** A binary response (wire/xbp.ts). */
  xbpResponse(payload: Buffer): void;
  chunk(id: number, bytes: Buffer, last: boolean): void;
}
