import { constants } from "node:os";

/**
 * How a process ended, as reported by the operating system; `error` if it could not be started. Without all three, its
 * status is unknown: it was another process's child, and the system no longer tells.
 */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error?: Error;
}

export const UNKNOWN_END: ProcessEnd = { code: null, signal: null };

export function describeEnd({ code, signal, error }: ProcessEnd): string {
  if (error !== undefined) return `could not be started: ${error.message}`;
  if (signal !== null) return `was ended by ${signal}`;
  return code === null ? "ended; its exit status is unknown" : `exited with code ${code}`;
}

/** From a status as wait(2) reports it. */
export function endOfStatus(status: number): ProcessEnd {
  const number = status & 0x7f;
  return number === 0 ? { code: (status >> 8) & 0xff, signal: null } : endBySignal(number);
}

/** By the number of a signal. A real-time signal has no name here: its end is the exit code that a shell reports. */
export function endBySignal(number: number): ProcessEnd {
  const signal = SIGNAL_NAMES.get(number);
  return signal === undefined ? { code: 128 + number, signal: null } : { code: null, signal };
}

/** Of several names of a number the first one, as Node reports it: SIGABRT, not SIGIOT. */
const SIGNAL_NAMES: ReadonlyMap<number, NodeJS.Signals> = new Map(
  Object.entries(constants.signals)
    .toReversed()
    .map(([name, number]) => [number, name as NodeJS.Signals]),
);

/** Signals that others send to end a process. All other signals are the program's own failure. */
const FROM_OUTSIDE: readonly NodeJS.Signals[] = ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"];
/** Exit codes of a shell whose program was ended by one of these signals. */
const SHELL_EXIT_CODES: ReadonlySet<number | null> = new Set(FROM_OUTSIDE.map((name) => 128 + constants.signals[name]));

/** False for an unknown end, which counts as the program's own failure. */
export function isFromOutside({ code, signal }: ProcessEnd): boolean {
  return signal === null ? SHELL_EXIT_CODES.has(code) : FROM_OUTSIDE.includes(signal);
}

/** Errors of a start that failed for lack of resources. */
const SHORTAGES: ReadonlySet<string | undefined> = new Set(["EMFILE", "ENFILE", "EAGAIN", "ENOMEM"]);

/** Whether the start failed for lack of descriptors, processes or memory. A later start may succeed. */
export function isShortage({ error }: ProcessEnd): boolean {
  return SHORTAGES.has((error as NodeJS.ErrnoException | undefined)?.code);
}
