import type { MessagePort } from "node:worker_threads";
import { isErrorCode, XsysError } from "../../protocol/errors.ts";
import type { Progress } from "../../protocol/wire/event-stream.ts";
import type { TaskName } from "../base/task-runner.ts";

/** A task as sent to a thread. */
export interface TaskMessage {
  readonly name: TaskName;
  readonly args: unknown;
  /** Port for updates, if they are needed. */
  readonly port?: MessagePort;
}

/** Updates of a task while it runs. */
export type TaskUpdate = "begun" | Progress;

/**
 * Result of a task as sent between threads. Errors are flattened, because structured clone keeps an error's message but
 * drops its code.
 */
export type TaskOutcome = { readonly value: unknown } | { readonly error: TaskError };

interface TaskError {
  readonly message: string;
  readonly stack: string | undefined;
  /** Own enumerable fields: `code`, `errno`, `path`, `details`, … */
  readonly fields: Readonly<Record<string, unknown>>;
}

export function flattenError(error: unknown): TaskError {
  if (!(error instanceof Error)) return { message: String(error), stack: undefined, fields: {} };
  const { cause: _, ...fields } = { ...error };
  return { message: error.message, stack: error.stack, fields };
}

export function reviveError({ message, stack, fields }: TaskError): Error {
  const { code, details } = fields;
  if (isErrorCode(code))
    return new XsysError(code, message, { details: details as Record<string, unknown> | undefined });
  const error = Object.assign(new Error(message), fields);
  if (stack !== undefined) error.stack = stack;
  return error;
}
