import { constants } from "node:os";

/** How a process ended, as the operating system tells it; an `error` kept it from starting. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error?: Error;
}

export function describeEnd({ code, signal, error }: ProcessEnd): string {
  if (error !== undefined) return `could not be started: ${error.message}`;
  return signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
}

/** Signals that somebody sends to end a process; all others are a program's own failure. */
const FROM_OUTSIDE: readonly NodeJS.Signals[] = ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"];
/** What a shell exits with whose program was ended by one of them. */
const SHELL_EXIT_CODES: ReadonlySet<number | null> = new Set(FROM_OUTSIDE.map((name) => 128 + constants.signals[name]));

export function isFromOutside({ code, signal }: ProcessEnd): boolean {
  return signal === null ? SHELL_EXIT_CODES.has(code) : FROM_OUTSIDE.includes(signal);
}

/** What a machine is short of at times, and programs need to be started. */
const SHORTAGES: ReadonlySet<string | undefined> = new Set(["EMFILE", "ENFILE", "EAGAIN", "ENOMEM"]);

/** It could not be started for want of descriptors, processes or memory, of which there may be some again. */
export function isShortage({ error }: ProcessEnd): boolean {
  return SHORTAGES.has((error as NodeJS.ErrnoException | undefined)?.code);
}
