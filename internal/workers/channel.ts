/** One request that a worker has not answered. */
export interface RequestInFlight {
  readonly method: string;
  readonly path: string;
  /** The beginning of its query, of one that was convicted. */
  readonly query?: string;
  /** What it was found to be at its worker's own death. */
  readonly verdict?: "suspect" | "convicted";
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
  /** Among them is one that is known to end workers, or that it was given alone to find that out. */
  readonly endedByRequest: boolean;
  /** What it works on: what was convicted first, then the oldest, at most `limit`. */
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
