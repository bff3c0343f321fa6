import { type RotatedFile, timeOfStamp } from "../../keeper/log/log-names.ts";
import type { LogRecord } from "../../keeper/log/log-record.ts";
import { backward, forward, openIfThere } from "./log-bytes.ts";
import type { LogSnapshot } from "./log-snapshot.ts";
import type { RecordFilter } from "./record-filter.ts";
import { rotatedForward } from "./rotated-log.ts";

/** What of a log is read. */
export interface HistoryRange {
  /** Maximum number of records: the last ones. Absent for all. */
  readonly lines?: number | undefined;
  readonly since?: number | undefined;
  /** End of what is read of the current file. */
  readonly size: number;
}

/** The wanted records of a log, oldest first. Only the files that may have them are read. */
export async function* readHistory(
  snapshot: LogSnapshot,
  { lines, since = Number.NEGATIVE_INFINITY, size }: HistoryRange,
  filter: RecordFilter,
): AsyncGenerator<LogRecord> {
  // A file has no record that is later than its rotation.
  const rotated = snapshot.rotated.filter(({ stamp }) => timeOfStamp(stamp) >= since);
  if (lines !== undefined) {
    yield* await lastRecords({ ...snapshot, rotated }, { lines, since, size }, filter);
    return;
  }
  for (const file of rotated) for await (const records of rotatedForward(file)) yield* records.filter(filter);
  if (snapshot.current === undefined) return;
  for await (const records of forward(snapshot.current, size)) yield* records.filter(filter);
}

async function lastRecords(
  { rotated, current }: LogSnapshot,
  { lines, since, size }: { readonly lines: number; readonly since: number; readonly size: number },
  filter: RecordFilter,
): Promise<LogRecord[]> {
  const last = new LastRecords(lines, since, filter);
  if (current !== undefined) await last.take(backward(current, size));
  for (const file of rotated.toReversed()) {
    if (last.isComplete) break;
    await takeRotated(last, file);
  }
  return last.records;
}

async function takeRotated(last: LastRecords, file: RotatedFile): Promise<void> {
  const plain = await openIfThere(file.path);
  if (plain === undefined) return last.takeForward(rotatedForward(file));
  try {
    await last.take(backward(plain, (await plain.stat()).size));
  } finally {
    await plain.close();
  }
}

/** Collects the last wanted records, from blocks that are read from the last to the first. */
class LastRecords {
  readonly #lines: number;
  readonly #since: number;
  readonly #filter: RecordFilter;
  #blocks: LogRecord[][] = [];
  #count = 0;
  #isBefore = false;

  constructor(lines: number, since: number, filter: RecordFilter) {
    this.#lines = lines;
    this.#since = since;
    this.#filter = filter;
  }

  get isComplete(): boolean {
    return this.#isBefore || this.#count >= this.#lines;
  }

  get records(): LogRecord[] {
    return this.#lines === 0 ? [] : this.#blocks.toReversed().flat().slice(-this.#lines);
  }

  async take(blocks: AsyncIterable<LogRecord[]>): Promise<void> {
    if (this.isComplete) return;
    for await (const block of blocks) {
      this.#add(block.filter(this.#filter));
      this.#isBefore = (block[0]?.time ?? Number.POSITIVE_INFINITY) < this.#since;
      if (this.isComplete) return;
    }
  }

  /** For a compressed file, which can only be read from its beginning. */
  async takeForward(blocks: AsyncIterable<LogRecord[]>): Promise<void> {
    const missing = this.#lines - this.#count;
    let found: LogRecord[] = [];
    for await (const block of blocks) {
      for (const record of block) if (this.#filter(record)) found.push(record);
      if (found.length > 2 * missing) found = found.slice(-missing);
    }
    this.#add(found.slice(-missing));
  }

  #add(block: LogRecord[]): void {
    this.#blocks.push(block);
    this.#count += block.length;
  }
}
