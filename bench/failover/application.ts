/** A running application, with the supervisor that watches and replaces its processes. */
export interface Application extends AsyncDisposable {
  readonly port: number;
  /** Number of processes that answer requests. */
  readonly workers: number;
  /** Starts replacing all processes without interrupting the service. */
  reload(): Promise<unknown>;
  /** Number of processes that have crashed. Absent when the supervisor does not report it. */
  deaths?(): Promise<number>;
  /** Resolves when the standbys are ready, too. They do not answer requests, so clients cannot see them. */
  whole?(): Promise<void>;
}

export interface Places {
  /** A new folder for each start. */
  readonly folder: string;
  /** See `crashAtStart`. */
  readonly crashes: string;
}

export type StartApplication<A extends Application = Application> = (places: Places) => Promise<A>;
