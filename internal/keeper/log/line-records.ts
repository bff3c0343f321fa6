import { LINE_FEED, MAX_LINE } from "./log-record.ts";
import { withoutReturn } from "./parse-record.ts";
import type { RecordBatch } from "./record-batch.ts";

/** Initial size of the buffer for a line that has not ended. It doubles as needed. */
const FIRST_ROOM = 1_024;
/** Bytes of a UTF-8 character after its first one, at most. */
const MORE_BYTES = 3;
/** Room for a line of maximum length, and for the characters that a cut leaves. */
const MOST_ROOM = MAX_LINE + MORE_BYTES + 1;

/**
 * Cuts the output of one stream into records: one for each line, whatever the pieces that it arrives in. A line of more
 * than MAX_LINE bytes becomes several records, cut between characters. `\r\n` ends a line like `\n`.
 */
export class LineRecords {
  #room: Buffer = Buffer.alloc(0);
  #held = 0;

  /** The line that has not ended yet. Valid until the next call. */
  get rest(): Buffer {
    return this.#room.subarray(0, this.#held);
  }

  push(bytes: Buffer, batch: RecordBatch): void {
    let start = 0;
    for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, start)) {
      this.#complete(bytes, start, at, batch);
      start = at + 1;
    }
    this.#hold(bytes, start, bytes.length, batch);
  }

  /** Adds a record for the line that has not ended, because no more will come. */
  end(batch: RecordBatch): void {
    if (this.#held > 0) this.#finish(batch);
  }

  #complete(bytes: Buffer, start: number, end: number, batch: RecordBatch): void {
    if (this.#held === 0 && end - start <= MAX_LINE) {
      batch.add(bytes, start, withoutReturn(bytes, start, end), false);
      return;
    }
    this.#hold(bytes, start, end, batch);
    this.#finish(batch);
  }

  #finish(batch: RecordBatch): void {
    if (withoutReturn(this.#room, 0, this.#held) > MAX_LINE) this.#cut(batch);
    batch.add(this.#room, 0, withoutReturn(this.#room, 0, this.#held), false);
    this.#forget();
  }

  /** Keeps the beginning of a line. What is more than a record holds is added to the batch. */
  #hold(bytes: Buffer, start: number, end: number, batch: RecordBatch): void {
    for (let at = start; at < end; ) {
      const taken = Math.min(end - at, MOST_ROOM - this.#held);
      if (this.#held + taken > this.#room.length) this.#grow(this.#held + taken);
      this.#held += bytes.copy(this.#room, this.#held, at, at + taken);
      at += taken;
      if (this.#held === MOST_ROOM) this.#cut(batch);
    }
  }

  #cut(batch: RecordBatch): void {
    const length = endOfCharacter(this.#room);
    batch.add(this.#room, 0, length, true);
    this.#room.copyWithin(0, length, this.#held);
    this.#held -= length;
  }

  #grow(needed: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.min(MOST_ROOM, Math.max(FIRST_ROOM, 2 * this.#room.length, needed)));
    this.#room.copy(grown, 0, 0, this.#held);
    this.#room = grown;
  }

  #forget(): void {
    this.#held = 0;
    if (this.#room.length > FIRST_ROOM) this.#room = Buffer.alloc(0);
  }
}

/** MAX_LINE, or up to three bytes less if a UTF-8 character would be cut there. */
function endOfCharacter(bytes: Buffer): number {
  for (let at = MAX_LINE; at >= MAX_LINE - MORE_BYTES; at--) if (!isContinuation(bytes[at] as number)) return at;
  return MAX_LINE; // not UTF-8
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
