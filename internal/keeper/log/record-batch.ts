import { CONTINUED, LINE_FEED, type LogFormat, type LogRecord, STREAM_WORDS } from "./log-record.ts";

/** Initial size of the buffer. It doubles as needed. */
const FIRST_ROOM = 65_536;
/** A larger buffer is not kept. */
const KEPT_ROOM = 4 * 1_048_576;

type Origin = Pick<LogRecord, "time" | "clone" | "stream">;

/**
 * Records of one clone and stream that arrived together, as the bytes that are written to the file. A batch is used
 * again for the next records: take its bytes before that.
 */
export class RecordBatch {
  #room = Buffer.allocUnsafeSlow(FIRST_ROOM);
  #used = 0;
  #lines = 0;
  #format: LogFormat = "text";
  #origin: Origin = { time: 0, clone: "", stream: "note" };
  #head: Buffer = Buffer.alloc(0);

  /** Empties the batch. */
  begin(format: LogFormat, origin: Origin): void {
    if (this.#room.length > KEPT_ROOM) this.#room = Buffer.allocUnsafeSlow(FIRST_ROOM);
    this.#used = 0;
    this.#lines = 0;
    this.#format = format;
    this.#origin = origin;
    this.#head = textHead(origin, false);
  }

  /** Adds a record with the text from `start` to `end`. */
  add(bytes: Buffer, start: number, end: number, continued: boolean): void {
    if (this.#format === "json") this.#addJson(bytes.toString("utf8", start, end), continued);
    else this.#addText(continued ? textHead(this.#origin, true) : this.#head, bytes, start, end);
    this.#lines++;
  }

  /** Number of records. */
  get lines(): number {
    return this.#lines;
  }

  /** Valid until the next `begin`. */
  get bytes(): Buffer {
    return this.#room.subarray(0, this.#used);
  }

  #addText(head: Buffer, bytes: Buffer, start: number, end: number): void {
    this.#reserve(head.length + end - start + 1);
    this.#room.set(head, this.#used);
    this.#used += head.length;
    this.#used += bytes.copy(this.#room, this.#used, start, end);
    this.#room[this.#used++] = LINE_FEED;
  }

  #addJson(line: string, continued: boolean): void {
    const text = jsonRecord({ ...this.#origin, line, ...(continued && { continued }) });
    this.#reserve(Buffer.byteLength(text));
    this.#used += this.#room.write(text, this.#used);
  }

  #reserve(size: number): void {
    const needed = this.#used + size;
    if (needed <= this.#room.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(2 * this.#room.length, needed));
    this.#room.copy(grown, 0, 0, this.#used);
    this.#room = grown;
  }
}

/** A single record, with its line end. */
export function formatRecord(format: LogFormat, record: LogRecord): Buffer {
  if (format === "json") return Buffer.from(jsonRecord(record));
  return Buffer.concat([textHead(record, record.continued === true), Buffer.from(`${record.line}\n`)]);
}

function textHead({ time, clone, stream }: Origin, continued: boolean): Buffer {
  return Buffer.from(`${timeText(time)} ${clone} ${STREAM_WORDS[stream]}${continued ? CONTINUED : ""} `, "latin1");
}

function jsonRecord({ time, clone, stream, line, continued }: LogRecord): string {
  return `${JSON.stringify({ time: timeText(time), clone, stream, line, ...(continued && { continued }) })}\n`;
}

/** ISO 8601 in UTC, always with 24 characters. */
function timeText(time: number): string {
  return new Date(time).toISOString();
}
