import type { ProcessEnd } from "./end.ts";
import type { OutputName } from "./output.ts";
import type { Identity } from "./start.ts";

/** A process that leads a process group. This process may have started it, or an earlier one. */
export interface RunningProcess {
  /** Undefined if it could not be started. */
  readonly pid: number | undefined;
  /** Resolves when the process has exited, or could not be started. */
  readonly exited: Promise<ProcessEnd>;
  /** Calls the listener when the program runs. */
  onSpawn(listener: () => void): void;
  /** Sends a signal to the process and its group. */
  signal(name: NodeJS.Signals): void;
  /** Resolves when the rest of its output was read. Called once, after its exit. */
  readRest(): Promise<void>;
}

/** Starts a process, or finds one that runs. `line` is called for each line of its output. */
export type Starter = (identity: Identity, line: (stream: OutputName, line: string) => void) => RunningProcess;
