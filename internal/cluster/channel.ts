/** One request that a worker has not answered. */
export interface RequestInFlight {
  readonly method: string;
  readonly path: string;
  /** Milliseconds since it was sent. */
  readonly age: number;
}

/** A worker's connection, as far as its supervision needs it: whoever gives the work implements it. */
export interface WorkerChannel {
  /** As the worker registered. */
  readonly id: string;
  readonly key: string | undefined;
  readonly pid: number | undefined;
  /** Requests it has not answered; once its connection is gone, those that it left. */
  readonly inFlight: number;
  /** What it works on, the oldest first, at most `limit`. */
  requestsInFlight(limit: number): readonly RequestInFlight[];
  /** Gives it work from now on, or none: a standby is ready and given none. */
  setActive(active: boolean): void;
  /** Gives it no more work; resolves when all it has is answered, or its connection is gone. */
  drain(): Promise<void>;
  forceGc(): void;
  /** Asks for a sign of life; resolves with it, and never for a connection that is gone. */
  ping(): Promise<void>;
  /** Closes the connection: a XyPriss worker exits by it. */
  close(): void;
  /** Runs when the connection is gone, once; `reason` when it was the worker's fault (such as what is no protocol). */
  onClose(listener: (reason?: string) => void): void;
}
