import { TarFault } from "../shared/tar-fault.ts";
import { numberAt, RECORD } from "../shared/tar-header.ts";
import type { ContentSink, Sink } from "./archive-entry.ts";
import type { ByteSource } from "./byte-source.ts";
import { byteCount, MAX_SEGMENTS, type PaxRecords, tooManySegments } from "./tar-pax.ts";

/** Positions in the file of the stored contents of a sparse file: offset and length, in order. */
export interface SparseMap {
  readonly segments: readonly (readonly [offset: number, length: number])[];
  /** Size of the file in bytes, including holes. */
  readonly size: number;
  /** Bytes of contents stored in the archive, without the map. */
  readonly stored: number;
}

/**
 * Yields when other work needs the thread.
 * @throws when the call has been cancelled.
 */
export type Pause = () => Promise<void> | undefined;

const MAX_LINE = 20;

/** GNU's older format (type `S`): four segments in the header, and 21 in each of the blocks that may follow. */
export async function gnuSparseMap(
  header: Buffer,
  stored: number,
  source: ByteSource,
  pause: Pause,
): Promise<SparseMap> {
  const numbers = numbersOf(header, 386, 4);
  const size = numberAt(header, 483, 12);
  if (size === undefined) throw new TarFault("the size of a sparse file is not a number");
  for (let hasMore = header[482] !== 0; hasMore; ) {
    await pause();
    if (!(await source.fill(RECORD))) throw new TarFault("it ends inside a sparse file's map");
    const block = source.take(RECORD);
    const more = numbersOf(block, 0, 21);
    hasMore = block[504] !== 0;
    // Otherwise such blocks could follow endlessly.
    if (hasMore && more.length === 0) throw new TarFault("a sparse file's map is damaged");
    if (numbers.length + more.length > 2 * MAX_SEGMENTS) throw tooManySegments();
    numbers.push(...more);
  }
  return checked(numbers, size, stored);
}

/**
 * GNU's pax formats: 0.0 and 0.1 have the map in the extended header, 1.0 has it before the contents, padded to a
 * record. Undefined for a file without holes, which is the usual case. `stored` is the size from the header, including
 * the map.
 */
export async function paxSparseMap(
  pax: PaxRecords,
  stored: number,
  source: ByteSource,
  pause: Pause,
): Promise<SparseMap | "unsupported" | undefined> {
  const major = pax.get("GNU.sparse.major");
  const size = pax.bytes("GNU.sparse.realsize") ?? pax.bytes("GNU.sparse.size");
  if (major !== undefined && major !== "0") {
    if (major !== "1" || pax.get("GNU.sparse.minor") !== "0" || size === undefined) return "unsupported";
    const { numbers, bytes } = await leadingMap(source, stored, pause);
    return checked(numbers, size, stored - bytes);
  }
  if (size === undefined) return pax.get("SCHILY.realsize") === undefined ? undefined : "unsupported";
  const list = pax.get("GNU.sparse.map")?.split(",", 2 * MAX_SEGMENTS + 1) ?? pax.sparsePairs;
  if (list.length > 2 * MAX_SEGMENTS) throw tooManySegments();
  return checked(
    list.map((text) => byteCount(text, "a position in a sparse file")),
    size,
    stored,
  );
}

/** Writes the stored contents at their positions. */
export class SparseSink implements ContentSink {
  readonly #sink: Sink;
  readonly #map: SparseMap;
  #at = 0;
  #segment = 0;
  #done = 0;

  constructor(sink: Sink, map: SparseMap) {
    this.#sink = sink;
    this.#map = map;
  }

  write(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      const [offset, length] = this.#map.segments[this.#segment] as readonly [number, number];
      const part = bytes.subarray(from, from + length - this.#done);
      if (part.length > 0) {
        this.#skipTo(offset + this.#done);
        this.#sink.write(part);
        this.#at += part.length;
        this.#done += part.length;
        from += part.length;
      }
      if (this.#done === length) [this.#segment, this.#done] = [this.#segment + 1, 0];
    }
  }

  end(): void {
    this.#skipTo(this.#map.size);
    this.#sink.end();
  }

  #skipTo(offset: number): void {
    if (offset > this.#at) this.#sink.hole(offset - this.#at);
    this.#at = offset;
  }
}

function numbersOf(block: Buffer, start: number, count: number): number[] {
  const numbers: number[] = [];
  for (let n = 0; n < count; n++) {
    const at = start + n * 24;
    if (block[at] === 0 && block[at + 12] === 0) break; // the rest is unused
    numbers.push(numberAt(block, at, 12) ?? -1, numberAt(block, at + 12, 12) ?? -1);
  }
  return numbers;
}

/** Reads a map of decimal lines: the number of segments, then the offset and the length of each. */
async function leadingMap(
  source: ByteSource,
  stored: number,
  pause: Pause,
): Promise<{ numbers: number[]; bytes: number }> {
  const numbers: number[] = [];
  let [line, bytes, wanted] = ["", 0, -1];
  while (numbers.length !== wanted) {
    await pause();
    if (bytes + RECORD > stored || !(await source.fill(RECORD)))
      throw new TarFault("it ends inside a sparse file's map");
    bytes += RECORD;
    const lines = `${line}${source.take(RECORD).toString("latin1")}`.split("\n");
    line = lines.pop() ?? "";
    for (const text of lines) {
      if (numbers.length === wanted) break;
      const value = byteCount(text, "a position in a sparse file");
      if (wanted !== -1) numbers.push(value);
      else if (value > MAX_SEGMENTS) throw tooManySegments();
      else wanted = value * 2;
    }
    if (numbers.length !== wanted && line.length > MAX_LINE) throw new TarFault("a sparse file's map is damaged");
  }
  return { numbers, bytes };
}

function checked(numbers: readonly number[], size: number, stored: number): SparseMap {
  const segments: [number, number][] = [];
  let [end, bytes] = [0, 0];
  for (let n = 0; n < numbers.length; n += 2) {
    const [offset = -1, length = -1] = numbers.slice(n, n + 2);
    if (offset < end || length < 0 || offset + length > size) throw new TarFault("a sparse file's map is damaged");
    segments.push([offset, length]);
    end = offset + length;
    bytes += length;
  }
  if (bytes !== stored) throw new TarFault("a sparse file's map does not fit its contents");
  return { segments, size, stored };
}
