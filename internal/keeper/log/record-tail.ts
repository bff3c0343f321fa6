import { LINE_FEED, type LogRecord } from "./log-record.ts";
import { parseRecord } from "./parse-record.ts";

/** Maximum number of records that are kept. */
export const MAX_KEPT = 200;
/** Maximum bytes of them together, and of one. */
const MAX_BYTES = 262_144;
const MAX_RECORD = 8_192;
/** Batches up to this size are kept as they are. */
const SMALL = 16_384;

interface Piece {
  readonly bytes: Buffer;
  readonly lines: number;
}

/** The last records of a clone. They are kept as bytes and parsed when they are asked for, which is rare. */
export class RecordTail {
  readonly #pieces: Piece[] = [];
  #bytes = 0;
  #lines = 0;

  /** Copies what it keeps. */
  add(bytes: Buffer, lines: number): void {
    const piece = bytes.length <= SMALL ? { bytes: Buffer.from(bytes), lines } : endOf(bytes);
    this.#pieces.push(piece);
    this.#bytes += piece.bytes.length;
    this.#lines += piece.lines;
    for (let [first] = this.#pieces; first && first !== piece && this.#canLose(first); [first] = this.#pieces) {
      this.#pieces.shift();
      this.#bytes -= first.bytes.length;
      this.#lines -= first.lines;
    }
  }

  /** Oldest first. */
  last(count: number): readonly LogRecord[] {
    const records = this.#pieces.flatMap(({ bytes }) => recordsIn(bytes));
    return count === 0 ? [] : records.slice(-Math.min(count, MAX_KEPT));
  }

  #canLose(first: Piece): boolean {
    return this.#lines - first.lines >= MAX_KEPT || this.#bytes > MAX_BYTES;
  }
}

/** The last records, each with its beginning only. */
function endOf(bytes: Buffer): Piece {
  const records: Buffer[] = [];
  let size = 0;
  for (let end = bytes.length; end > 0 && records.length < MAX_KEPT && size < MAX_BYTES; ) {
    const start = end === 1 ? 0 : bytes.lastIndexOf(LINE_FEED, end - 2) + 1;
    records.push(beginning(bytes.subarray(start, end)));
    size += Math.min(MAX_RECORD, end - start);
    end = start;
  }
  return { bytes: Buffer.concat(records.reverse()), lines: records.length };
}

function beginning(record: Buffer): Buffer {
  if (record.length <= MAX_RECORD) return record;
  return Buffer.concat([record.subarray(0, MAX_RECORD), Buffer.from(" …\n")]);
}

function recordsIn(bytes: Buffer): LogRecord[] {
  const records: LogRecord[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(LINE_FEED, start);
    const record = parseRecord(bytes, start, end);
    if (record) records.push(record);
    start = end + 1;
  }
  return records;
}
