import { openForReading } from "../../../files/open-for-reading.ts";
import { expander } from "../shared/compression.ts";
import { compressionOfTar } from "../shared/recognise.ts";
import { expanded } from "../shared/streams.ts";
import { TarFault } from "../shared/tar-fault.ts";
import { decodeHeader, hasChecksum, RECORD, type TarHeader, textAt } from "../shared/tar-header.ts";
import type { ArchiveEntry, ContentSink, Limits, Visit } from "./archive-entry.ts";
import { ByteSource } from "./byte-source.ts";
import { PaxRecords } from "./tar-pax.ts";
import { gnuSparseMap, type Pause, paxSparseMap, type SparseMap, SparseSink } from "./tar-sparse.ts";

const command = "archive.untar";
const BLOCK = 1_048_576;
/** Maximum size of an entry without its contents: header, pax header and padding. */
const ENTRY_BYTES = 8_192;
/**
 * Maximum size of the extended headers and long names of one entry, in bytes. They are kept in memory until the entry
 * is read.
 */
const MAX_EXTENSIONS = 1_048_576;
/** Maximum size of all global extended headers of an archive, in bytes. They are kept in memory until its end. */
const MAX_GLOBALS = 1_048_576;

/**
 * Reads a tar archive, plain or compressed, and passes its entries to `visit`. node-tar's parser is not used: it
 * returns GNU sparse files under another name with the segments joined, and truncates a pax value at a line feed.
 */
export async function readTar(path: string, limits: Limits, pause: Pause, visit: Visit): Promise<void> {
  const file = await openForReading(path, command);
  try {
    const compression = await compressionOfTar(command, path, file);
    const bytes = file.createReadStream({ start: 0, highWaterMark: BLOCK, autoClose: false });
    const maxBytes = limits.maxBytes + (limits.maxEntries + 1) * ENTRY_BYTES;
    const contents =
      compression === undefined ? bytes : expanded(bytes, expander(compression), { command, path, maxBytes });
    const source = new ByteSource(contents);
    try {
      await new TarReader(source, pause, visit).read();
    } catch (error) {
      throw error instanceof TarFault ? error.toXsysError(command, path) : error;
    } finally {
      await source.close();
    }
  } finally {
    await file.close();
  }
}

const KINDS: Readonly<Record<string, ArchiveEntry["kind"]>> = {
  "0": "file",
  "1": "hard-link",
  "2": "link",
  "5": "folder",
  "7": "file",
  D: "folder", // in GNU's incremental archives; its contents are a list of names
  S: "file",
};
/** Volume label, as written by `tar --label`. */
const LABEL = "V";

/** Names of entry types that are not unpacked. */
const OTHERS: Readonly<Record<string, string>> = { "3": "a character device", "4": "a block device", "6": "a FIFO" };

class TarReader {
  readonly #source: ByteSource;
  readonly #pause: Pause;
  readonly #visit: Visit;
  /** Applies to the next entry. */
  #pax = new PaxRecords();
  /** Apply to the next entry, in GNU's format. */
  #longName: string | undefined;
  #longLink: string | undefined;
  #extensionBytes = 0;
  /** Applies to all following entries. */
  readonly #global = new PaxRecords();
  #globalBytes = 0;

  constructor(source: ByteSource, pause: Pause, visit: Visit) {
    this.#source = source;
    this.#pause = pause;
    this.#visit = visit;
  }

  /** @throws TarFault for an error in the archive. */
  async read(): Promise<void> {
    for (let [zeros, seen] = [0, 0]; zeros < 2; seen++) {
      await this.#pause();
      if (!(await this.#source.fill(RECORD))) return this.#endEarly(seen);
      const block = this.#source.take(RECORD);
      zeros = block.some((byte) => byte !== 0) ? 0 : zeros + 1;
      if (zeros > 0) continue;
      if (seen === 0 && !hasChecksum(block)) throw new TarFault("it is not a tar archive");
      await this.#entry(block);
    }
    // Read to the end: a compressed file has its checksum there.
    while (await this.#source.fill(1)) {
      this.#source.take(this.#source.ready);
      await this.#pause();
    }
  }

  /** An archive may end without the empty records that mark the end, but not inside a header. */
  #endEarly(seen: number): void {
    if (seen === 0) throw new TarFault("it is too short for a tar archive");
    if (this.#source.take(RECORD).some((byte) => byte !== 0)) throw new TarFault("it ends inside a header");
  }

  async #entry(block: Buffer): Promise<void> {
    const header = decodeHeader(block);
    if ("xXgLK".includes(header.flag)) return this.#extend(header);
    const kind = KINDS[header.flag];
    const name = this.#pax.get("GNU.sparse.name") ?? this.#pax.get("path") ?? this.#longName ?? header.name;
    if (kind === undefined && header.flag !== LABEL) {
      throw new TarFault(`it is ${OTHERS[header.flag] ?? `of type "${header.flag}"`}`, "UNSUPPORTED", name);
    }
    if (name === "") throw new TarFault("an entry has no name");
    const size = this.#pax.bytes("size") ?? header.size;
    const map = kind === "file" ? await this.#sparseMap(header.flag, block, size, name) : undefined;
    const entry = kind && this.#describe(header, { name, kind, size: map?.size ?? size });
    [this.#pax, this.#longName, this.#longLink, this.#extensionBytes] = [new PaxRecords(), undefined, undefined, 0];
    const sink = entry && this.#visit(entry);
    await this.#pass(map?.stored ?? size, sink && map ? new SparseSink(sink, map) : sink);
  }

  /** Reads an extended header, which applies to the next entry or to all following ones. */
  async #extend({ flag, size }: TarHeader): Promise<void> {
    this.#countExtension(flag, size);
    if (!(await this.#source.fill(padded(size)))) throw truncated();
    const body = this.#source.take(padded(size)).subarray(0, size);
    if (flag === "L") this.#longName = textAt(body, 0, size);
    else if (flag === "K") this.#longLink = textAt(body, 0, size);
    else (flag === "g" ? this.#global : this.#pax).add(body);
  }

  /** Counts the size before the header is read: many small headers use as much memory as a large one. */
  #countExtension(flag: string, size: number): void {
    if (flag === "g") this.#globalBytes += size;
    else this.#extensionBytes += size;
    if (this.#globalBytes > MAX_GLOBALS) {
      throw new TarFault(`its global extended headers exceed ${MAX_GLOBALS} bytes in total`, "TOO_LARGE");
    }
    if (this.#extensionBytes > MAX_EXTENSIONS) {
      throw new TarFault(`the extended headers of one entry exceed ${MAX_EXTENSIONS} bytes in total`, "TOO_LARGE");
    }
  }

  async #sparseMap(flag: string, block: Buffer, size: number, name: string): Promise<SparseMap | undefined> {
    if (flag === "S") return gnuSparseMap(block, size, this.#source, this.#pause);
    const map = await paxSparseMap(this.#pax, size, this.#source, this.#pause);
    if (map !== "unsupported") return map;
    throw new TarFault("it is a sparse file in a format other than GNU's 0.0, 0.1 and 1.0", "UNSUPPORTED", name);
  }

  #describe(header: TarHeader, known: Pick<ArchiveEntry, "name" | "kind" | "size">): ArchiveEntry {
    const isLink = known.kind === "link" || known.kind === "hard-link";
    const target = isLink ? (this.#pax.get("linkpath") ?? this.#longLink ?? header.linkName) : undefined;
    if (target === "") throw new TarFault(`the link ${known.name} has no target`);
    const modified = dateOf(this.#pax.modified ?? this.#global.modified ?? header.modified);
    return { ...known, mode: header.mode && header.mode & 0o7777, modified, target };
  }

  /** Passes an entry's contents to the sink and skips the padding. */
  async #pass(size: number, sink: ContentSink | undefined): Promise<void> {
    for (let left = size; left > 0; ) {
      if (this.#source.ready === 0) {
        if (!(await this.#source.fill(1))) throw truncated();
        await this.#pause();
      }
      const bytes = this.#source.take(left);
      sink?.write(bytes);
      left -= bytes.length;
    }
    sink?.end();
    const padding = padded(size) - size;
    if (!(await this.#source.fill(padding))) throw truncated();
    this.#source.take(padding);
  }
}

function padded(size: number): number {
  return Math.ceil(size / RECORD) * RECORD;
}

function dateOf(seconds: number | undefined): Date | undefined {
  const date = new Date((seconds ?? Number.NaN) * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function truncated(): TarFault {
  return new TarFault("it is truncated");
}
