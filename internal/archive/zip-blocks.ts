import { closeSync, fstatSync, readlinkSync, readSync } from "node:fs";
import { crc32, createDeflateRaw, deflateRawSync } from "node:zlib";
import { Blocks } from "./blocks.ts";
import { openPacked, type PackedEntry } from "./packing-list.ts";
import { through } from "./streams.ts";
import { centralHeader, descriptor, endOfDirectory, localHeader, type ZipRecord } from "./zip-headers.ts";

/** A file up to this size is compressed in one go; a stream for each of many small ones takes longer than their bytes. */
const WHOLE = 1_048_576;
const [STORED, DEFLATED] = [0, 8];

type Pause = () => Promise<void> | undefined;

/** A zip archive of some entries, in blocks. */
export async function* zipBlocks(entries: readonly PackedEntry[], level: number, pause: Pause) {
  const writer = new ZipWriter(level, pause);
  const buffer = Buffer.allocUnsafeSlow(WHOLE);
  for (const entry of entries) {
    await pause();
    const fd = entry.kind === "file" ? openPacked(entry.path) : undefined;
    if (entry.kind === "file" && fd === undefined) continue;
    try {
      if (fd !== undefined && fstatSync(fd).size > WHOLE) yield* writer.stream(entry, fd);
      else writer.whole(entry, fd === undefined ? textOf(entry) : readWhole(fd, buffer));
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
    yield* writer.blocks.takeFull();
  }
  writer.end();
  yield* writer.blocks.takeAll();
}

function textOf({ kind, path }: PackedEntry): Buffer {
  return kind === "link" ? Buffer.from(readlinkSync(path)) : Buffer.alloc(0);
}

/** What fits: a file that grows meanwhile is cut there. */
function readWhole(fd: number, bytes: Buffer): Buffer {
  for (let filled = 0; ; ) {
    const read = readSync(fd, bytes, filled, WHOLE - filled, null);
    filled += read;
    if (read === 0 || filled === WHOLE) return bytes.subarray(0, filled);
  }
}

class ZipWriter {
  readonly blocks = new Blocks();
  readonly #level: number;
  readonly #pause: Pause;
  readonly #records: ZipRecord[] = [];
  #offset = 0;

  constructor(level: number, pause: Pause) {
    this.#level = level;
    this.#pause = pause;
  }

  whole(entry: PackedEntry, contents: Buffer): void {
    const deflated =
      entry.kind === "file" && this.#level > 0 ? deflateRawSync(contents, { level: this.#level }) : contents;
    const [method, packed] = deflated.length < contents.length ? [DEFLATED, deflated] : [STORED, contents];
    const record = this.#record(entry, method, false);
    Object.assign(record, { crc: crc32(contents), size: contents.length, packed: packed.length });
    this.#put(localHeader(record));
    this.#put(packed);
  }

  async *stream(entry: PackedEntry, fd: number): AsyncGenerator<Uint8Array> {
    const record = this.#record(entry, DEFLATED, true);
    this.#put(localHeader(record));
    const stream = createDeflateRaw({ level: this.#level, chunkSize: 262_144 });
    for await (const bytes of through(this.#readThrough(fd, record), stream)) {
      record.packed += bytes.length;
      this.#put(bytes);
      yield* this.blocks.takeFull();
    }
    this.#put(descriptor(record));
  }

  end(): void {
    const start = this.#offset;
    for (const record of this.#records) this.#put(centralHeader(record));
    this.#put(endOfDirectory(this.#records.length, start, this.#offset - start));
  }

  /** Counts what it reads, which is what the descriptor tells. */
  async *#readThrough(fd: number, record: ZipRecord): AsyncGenerator<Uint8Array> {
    for (;;) {
      await this.#pause();
      const bytes = Buffer.allocUnsafe(262_144);
      const read = readSync(fd, bytes);
      if (read === 0) return;
      const chunk = bytes.subarray(0, read);
      record.crc = crc32(chunk, record.crc);
      record.size += read;
      yield chunk;
    }
  }

  #record({ name, kind, stats }: PackedEntry, method: number, isStreamed: boolean): ZipRecord {
    const isFolder = kind === "folder";
    const file = Buffer.from(isFolder ? `${name}/` : name);
    const { mode, mtime: modified } = stats;
    const sizes = { crc: 0, size: 0, packed: 0, offset: this.#offset };
    const record: ZipRecord = { name: file, method, mode, modified, isFolder, isStreamed, ...sizes };
    this.#records.push(record);
    return record;
  }

  #put(bytes: Uint8Array): void {
    this.blocks.put(bytes);
    this.#offset += bytes.length;
  }
}
