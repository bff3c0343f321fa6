import { DEFAULT_MAX_FRAME } from "../../protocol/wire/frame.ts";

/** Limits of the service's socket, in bytes, counts and milliseconds. */
export interface IpcLimits {
  /** Maximum payload of a frame in bytes, in both directions. */
  readonly maxFrame: number;
  readonly maxConnections: number;
  /** Maximum number of unanswered calls on one connection. */
  readonly maxInflight: number;
  /** Maximum bytes of unread answers for a client. Above it, the service stops reading from that client. */
  readonly maxUnsent: number;
  /**
   * Milliseconds without progress in an incomplete frame or unread answers, or without a message on a new connection.
   */
  readonly stallTimeout: number;
  /** Milliseconds that calls in flight may take to finish at shutdown. */
  readonly drainTimeout: number;
}

export const DEFAULT_LIMITS: IpcLimits = {
  maxFrame: DEFAULT_MAX_FRAME,
  maxConnections: 1024,
  maxInflight: 1024,
  maxUnsent: 4 * 1024 * 1024,
  stallTimeout: 30_000,
  drainTimeout: 10_000,
};
