import { Cron } from "croner";
import { XsysError } from "../../../protocol/errors.ts";

/** The first time after `from` that a cron expression names, as Unix time in milliseconds; undefined if there is none. */
export type NextTime = (from: number) => number | undefined;

/**
 * Reads a cron expression: five fields, six with seconds first, or a name such as `@daily`. Times are those of this
 * machine's time zone.
 * @throws INVALID_PARAMS, also for an expression that names no time, such as February 30
 */
export function cronTimes(expression: string): NextTime {
  const cron = parsed(expression);
  const next = (from: number) => cron.nextRun(new Date(from))?.getTime();
  if (next(Date.now()) === undefined) throw invalid(expression, "it names no time in the future");
  return next;
}

function parsed(expression: string): Cron {
  try {
    return new Cron(expression.trim(), { paused: true, mode: "5-or-6-parts" });
  } catch (error) {
    throw invalid(expression, (error as Error).message.replace(/^Cron\w+: /, ""));
  }
}

function invalid(expression: string, why: string): XsysError {
  return new XsysError("INVALID_PARAMS", `cron ${JSON.stringify(expression)} is invalid: ${why}`);
}
