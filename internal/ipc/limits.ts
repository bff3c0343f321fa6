import { DEFAULT_MAX_FRAME } from "../../protocol/wire/frame.ts";

/** Every bound of the socket side. Bytes, counts and milliseconds. */
export interface IpcLimits {
  /** Bytes of a frame's payload, in both directions. */
  readonly maxFrame: number;
  readonly maxConnections: number;
  /** Calls on one connection that are not answered yet. */
  readonly maxInflight: number;
  /** Answers waiting for a client that does not read: above it, nothing more is read from that client. */
  readonly maxUnsent: number;
  /** How long a begun frame, or unsent answers, may make no progress, and a new connection stay without a word. */
  readonly stallTimeout: number;
  /** How long calls in flight may take to finish at the end. */
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
