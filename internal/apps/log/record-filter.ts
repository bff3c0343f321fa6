import type { LogRecord, LogStream } from "../../keeper/log/log-record.ts";
import { isAtLeast, type LineLevel, lineLevel } from "./line-level.ts";

/** Which records of a log are wanted. */
export interface RecordSelection {
  /** Milliseconds since 1970, both included. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly clone?: string | undefined;
  readonly stream?: LogStream | undefined;
  /** At least this severe, as `lineLevel` tells it. Notes of the keeper have the level `info`. */
  readonly level?: LineLevel | undefined;
  /**
   * A regular expression in the syntax of RE2. A line of more than 65,536 characters is matched up to there. A pattern
   * without special characters is searched for as text, in the whole record.
   */
  readonly grep?: string | undefined;
  readonly ignoreCase?: boolean | undefined;
}

export type RecordFilter = (record: LogRecord) => boolean;

/** Gaps are always wanted. @throws INVALID_PARAMS for an expression that does not compile */
export async function recordFilter(selection: RecordSelection): Promise<RecordFilter> {
  const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY, clone, stream, level } = selection;
  const matches = await lineMatcher(selection);
  return (record) =>
    record.isGap === true ||
    (record.time >= since &&
      record.time <= until &&
      (clone === undefined || record.clone === clone) &&
      (stream === undefined || record.stream === stream) &&
      (level === undefined || isAtLeast(lineLevel(record), level)) &&
      matches(record.line));
}

const SYNTAX = /[\\^$.*+?()[\]{}|]/;

async function lineMatcher({ grep, ignoreCase = false }: RecordSelection): Promise<(line: string) => boolean> {
  if (grep === undefined) return () => true;
  if (!ignoreCase && !SYNTAX.test(grep)) return (line) => line.includes(grep);
  const { expression } = await import("./expression.ts");
  return expression(grep, ignoreCase);
}
