/** An application as it is run: its processes are watched over and replaced by whoever started it. */
export interface Application extends AsyncDisposable {
  readonly port: number;
  /** Processes that answer. */
  readonly workers: number;
  /** Begins to replace all of them without a pause in service. */
  reload(): Promise<void>;
  /** Processes that have ended unasked, where it can be asked for that. */
  deaths?(): Promise<number>;
  /** Resolves when those processes are ready, too, that answer nothing: the standby. */
  whole?(): Promise<void>;
}

export interface Places {
  /** A folder of its own for each start. */
  readonly folder: string;
  /** See `crashAtStart`. */
  readonly crashes: string;
}

export type StartApplication = (places: Places) => Promise<Application>;
