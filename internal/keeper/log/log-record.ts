/** Where a record comes from: the output of a clone, or a note of the keeper. */
export type LogStream = "stdout" | "stderr" | "note";
export type LogFormat = "text" | "json";

/** One line of an app's log. */
export interface LogRecord {
  /** Time of arrival, in milliseconds since 1970. */
  readonly time: number;
  /** `-` for a note about the whole app. */
  readonly clone: string;
  readonly stream: LogStream;
  readonly line: string;
  /** The next record of the same clone and stream continues this line, which is longer than MAX_LINE. */
  readonly continued?: true;
  /** A note of the reader: records before it cannot be read. */
  readonly isGap?: true;
}

/** Maximum bytes of text in a record. A longer line is cut into several records. */
export const MAX_LINE = 1_048_576;

/**
 * Words for the streams in the text format: `2026-11-30T17:00:00.123Z 0 out text`. A continued record has `out+`.
 */
export const STREAM_WORDS: Readonly<Record<LogStream, string>> = { stdout: "out", stderr: "err", note: "note" };
/** Appended to the stream's word. */
export const CONTINUED = "+";

export const LINE_FEED = 0x0a;
export const CARRIAGE_RETURN = 0x0d;
