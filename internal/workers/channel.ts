import type { Job } from "./job.ts";

/** A request that a worker has not answered. */
export interface RequestInFlight {
  readonly method: string;
  readonly path: string;
  /** The beginning of the query; only for convicted requests. */
  readonly query?: string;
  /** Whether it may have caused the worker's death (`suspect`), or did (`convicted`). */
  readonly verdict?: "suspect" | "convicted";
  /** Milliseconds since it was sent. */
  readonly age: number;
}

/** The part of a worker's connection that its supervisor uses. The worker pool implements it. */
export interface WorkerChannel {
  /** From the worker's registration. */
  readonly id: string;
  readonly key: string | undefined;
  readonly pid: number | undefined;
  /** Number of unanswered requests; after a disconnect, the number at that time. */
  readonly inFlight: number;
  /** Whether one of them is convicted, or is a suspect on trial. */
  readonly endedByRequest: boolean;
  /** The unanswered requests, at most `limit`: convicted ones first, then the oldest. */
  requestsInFlight(limit: number): readonly RequestInFlight[];
  /** Whether it is given requests. A standby is ready, but inactive. */
  setActive(active: boolean): void;
  /**
   * It waits for work from now on, until the next call of `setActive`: sends it requests for these paths, or for those
   * that the gateway has.
   */
  warmUp(paths?: readonly string[]): void;
  /** Sends no more requests; resolves when all are answered, or when the connection is closed. */
  drain(): Promise<void>;
  forceGc(): void;
  /** Resolves when the worker answers the ping; never resolves once the connection is closed. */
  ping(): Promise<void>;
  /** Closes the connection. A XyPriss worker then exits. */
  close(): void;
  /** Called once, when the connection is closed; `reason` if the worker caused it, for example by a protocol error. */
  onClose(listener: (reason?: string) => void): void;
}

/** The additional parts of a connection that a gateway process reports about to its service, or that it is told. */
export interface GatewayChannel extends WorkerChannel {
  readonly awaitsAnswer: boolean;
  /** Why it accepts connections itself, and gets no requests. */
  readonly listens: string | undefined;
  /** It has asked for no more requests. */
  readonly isLeaving: boolean;
  /** Requests without a complete response. */
  readonly active: number;
  /** Number of abandoned requests that it may still process. */
  readonly abandoned: number;
  /** Whether a request of a client was sent to it. */
  readonly wasUsed: boolean;
  /** Number of requests that the other gateways have on this worker. */
  setElsewhere(requests: number): void;
  /** Sends a job to this worker, whether it is active or not. */
  send(job: Job): void;
  /** Asks the worker to connect again. This connection stays open, for the requests on it. */
  joinAgain(): void;
}
