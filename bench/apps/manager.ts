import type { ProcessIdentity } from "../../internal/processes/identity.ts";

/** How a command of a manager ended. */
export interface Outcome {
  /** -1 if it was killed because it did not end. */
  readonly status: number;
  /** Why it failed: the line of its output with "error", or else the last one. Empty if it did not fail. */
  readonly message: string;
  readonly stdout: string;
  readonly milliseconds: number;
}

export interface ListedApp {
  readonly name: string;
  /** Processes that the manager calls running. */
  readonly pids: readonly number[];
}

export interface AppToStart {
  readonly name: string;
  readonly entry: string;
  readonly args?: readonly string[];
  /** Options of the manager. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * The command line of a process manager, with a folder of its own for the manager's state. Commands never throw: their
 * outcome says how they ended. Disposing of a manager kills it and all that it has started.
 */
export interface Manager extends AsyncDisposable {
  start(app: AppToStart): Promise<Outcome>;
  startAgain(name: string): Promise<Outcome>;
  stop(name: string): Promise<Outcome>;
  delete(name: string): Promise<Outcome>;
  /** Replaces the processes of an app, if possible without interrupting it. */
  reload(name: string): Promise<Outcome>;
  scale(name: string, processes: number): Promise<Outcome>;
  /** Replaces the manager's own program. */
  upgrade(): Promise<Outcome>;
  /** Starts the apps of a file in pm2's format. */
  startAll(ecosystem: string): Promise<Outcome>;
  /** The command that lists the apps for programs. */
  list(): Promise<Outcome>;
  listed(outcome: Outcome): readonly ListedApp[];
  /** The same list by the fastest way. */
  apps(): Promise<readonly ListedApp[]>;
  /** Starts the printer with a log that is rotated if the manager can do that. */
  startPrinter(app: AppToStart): Promise<Outcome>;
  /** The lines that an app has printed, from the manager's log. */
  printed(name: string): AsyncIterable<string>;
  /** The process whose death is the death of the manager. */
  pid(): Promise<number>;
  /** The manager's own processes. */
  own(): Promise<readonly number[]>;
  /** The processes of its apps, wherever they are. */
  ofApps(): Promise<readonly ProcessIdentity[]>;
}
