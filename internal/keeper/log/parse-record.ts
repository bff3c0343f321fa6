import { CARRIAGE_RETURN, CONTINUED, type LogRecord, type LogStream, STREAM_WORDS } from "./log-record.ts";

const STREAMS: ReadonlyMap<string, LogStream> = new Map(
  Object.entries(STREAM_WORDS).map(([stream, word]) => [word, stream as LogStream]),
);
const BRACE = 0x7b;
/** Length of a time, such as `2026-11-30T17:00:00.123Z`. */
const TIME = 24;
/** The longest head of a text record: time, clone, stream. */
const HEAD = 128;
const HEAD_FORM = /^(\S{24}) (\S+) (out|err|note)(\+?) /;

/**
 * Parses the record in `bytes` from `start` to `end`, without its line end. Undefined for anything else, such as a
 * record whose beginning was lost, or text that another program wrote into the file.
 */
export function parseRecord(bytes: Buffer, start: number, end: number): LogRecord | undefined {
  return bytes[start] === BRACE ? parseJson(bytes.toString("utf8", start, end)) : parseText(bytes, start, end);
}

/** The time of a record; NaN for anything else. */
export function timeOfRecord(bytes: Buffer, start: number, end: number): number {
  if (bytes[start] === BRACE) return parseJson(bytes.toString("utf8", start, end))?.time ?? Number.NaN;
  return end - start < TIME ? Number.NaN : Date.parse(bytes.toString("latin1", start, start + TIME));
}

function parseText(bytes: Buffer, start: number, end: number): LogRecord | undefined {
  const [head, time = "", clone = "", word = "", mark] =
    HEAD_FORM.exec(bytes.toString("latin1", start, Math.min(end, start + HEAD))) ?? [];
  const [milliseconds, stream] = [Date.parse(time), STREAMS.get(word)];
  if (head === undefined || stream === undefined || Number.isNaN(milliseconds)) return undefined;
  const line = bytes.toString("utf8", start + head.length, end);
  return { time: milliseconds, clone, stream, line, ...(mark === CONTINUED && { continued: true }) };
}

function parseJson(text: string): LogRecord | undefined {
  try {
    const { time, clone, stream, line, continued } = JSON.parse(text) as Record<string, unknown>;
    const milliseconds = typeof time === "string" ? Date.parse(time) : Number.NaN;
    if (Number.isNaN(milliseconds) || typeof clone !== "string" || typeof line !== "string") return undefined;
    if (stream !== "stdout" && stream !== "stderr" && stream !== "note") return undefined;
    return { time: milliseconds, clone, stream, line, ...(continued === true && { continued }) };
  } catch {
    return undefined;
  }
}

/** The end of a line without its carriage return. `end` is where its line feed is. */
export function withoutReturn(bytes: Buffer, start: number, end: number): number {
  return end > start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
}
