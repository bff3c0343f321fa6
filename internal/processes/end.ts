import { constants } from "node:os";

/** How a process ended, as reported by the operating system; `error` if it could not be started. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error?: Error;
}

export function describeEnd({ code, signal, error }: ProcessEnd): string {
  if (error !== undefined) return `could not be started: ${error.message}`;
  return signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
}

/** Signals that others send to end a process. All other signals are the program's own failure. */
const FROM_OUTSIDE: readonly NodeJS.Signals[] = ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"];
/** Exit codes of a shell whose program was ended by one of these signals. */
const SHELL_EXIT_CODES: ReadonlySet<number | null> = new Set(FROM_OUTSIDE.map((name) => 128 + constants.signals[name]));

export function isFromOutside({ code, signal }: ProcessEnd): boolean {
  return signal === null ? SHELL_EXIT_CODES.has(code) : FROM_OUTSIDE.includes(signal);
}

/** Errors of a start that failed for lack of resources. */
const SHORTAGES: ReadonlySet<string | undefined> = new Set(["EMFILE", "ENFILE", "EAGAIN", "ENOMEM"]);

/** Whether the start failed for lack of descriptors, processes or memory. A later start may succeed. */
export function isShortage({ error }: ProcessEnd): boolean {
  return SHORTAGES.has((error as NodeJS.ErrnoException | undefined)?.code);
}
