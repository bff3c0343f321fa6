import { closeSync, readlinkSync, readSync } from "node:fs";
import { crc32, createDeflateRaw, deflateRawSync } from "node:zlib";
import { through } from "../shared/streams.ts";
import { Blocks } from "./blocks.ts";
import type { PackedFiles } from "./packed-files.ts";
import { openPacked, type PackedEntry } from "./packing-list.ts";
import { centralHeader, descriptor, endOfDirectory, localHeader, type ZipRecord } from "./zip-headers.ts";

const [STORED, DEFLATED] = [0, 8];

type Pause = () => Promise<void> | undefined;

interface Packing {
  readonly level: number;
  readonly files: PackedFiles;
  readonly pause: Pause;
}

/**
 * Generates a zip archive in blocks. Small files are compressed in one call: with many of them, creating a stream for
 * each takes longer than compressing the data.
 */
export async function* zipBlocks(entries: readonly PackedEntry[], { level, files, pause }: Packing) {
  const writer = new ZipWriter(level, pause);
  for (const entry of entries) {
    await pause();
    const fd = entry.kind === "file" ? openPacked(entry.path) : undefined;
    if (entry.kind === "file" && fd === undefined) continue;
    try {
      if (fd === undefined) writer.whole(entry, textOf(entry));
      else {
        const { bytes, size } = files.start(entry, fd);
        if (size === undefined) writer.whole(entry, bytes);
        else files.endedAt(entry, size, yield* writer.stream(entry, bytes, fd));
      }
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

  /** Returns the size of the file in bytes. */
  async *stream(entry: PackedEntry, start: Buffer, fd: number): AsyncGenerator<Uint8Array, number> {
    const record = this.#record(entry, DEFLATED, true);
    this.#put(localHeader(record));
    const stream = createDeflateRaw({ level: this.#level, chunkSize: 262_144 });
    for await (const bytes of through(this.#readThrough(start, fd, record), stream)) {
      record.packed += bytes.length;
      this.#put(bytes);
      yield* this.blocks.takeFull();
    }
    this.#put(descriptor(record));
    return record.size;
  }

  end(): void {
    const start = this.#offset;
    for (const record of this.#records) this.#put(centralHeader(record));
    this.#put(endOfDirectory(this.#records.length, start, this.#offset - start));
  }

  /** Records checksum and size of the bytes read, which the descriptor states. */
  async *#readThrough(start: Buffer, fd: number, record: ZipRecord): AsyncGenerator<Uint8Array> {
    Object.assign(record, { crc: crc32(start), size: start.length });
    yield start;
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
