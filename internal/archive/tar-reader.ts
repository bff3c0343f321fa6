import { Parser, type ReadEntry } from "tar";
import { XsysError } from "../../protocol/errors.ts";
import { openForReading } from "../files/open-for-reading.ts";
import type { ArchiveEntry, Limits, Visit } from "./archive-entry.ts";
import { compressionOfContents, compressionOfName, expander } from "./compression.ts";
import { type Bytes, damaged, expanded } from "./streams.ts";

const command = "archive.untar";
const BLOCK = 1_048_576;
const RECORD = 512;
/** What an entry may take beside its contents: its header, a pax header, and what fills up the last record. */
const ENTRY_BYTES = 8_192;

/** Reads a tar archive, plain or compressed, and shows its entries in turn. */
export async function readTar(path: string, limits: Limits, pause: () => Promise<void> | undefined, visit: Visit) {
  const file = await openForReading(path, command);
  try {
    const start = new Uint8Array(4);
    await file.read(start, 0, start.length, 0);
    const source = file.createReadStream({ start: 0, highWaterMark: BLOCK, autoClose: false });
    const compression = compressionOfContents(start) ?? compressionOfName(path);
    const maxBytes = limits.maxBytes + (limits.maxEntries + 1) * ENTRY_BYTES;
    const bytes =
      compression === undefined ? source : expanded(source, expander(compression), { command, path, maxBytes });
    await new TarReader(path, visit).read(bytes, pause);
  } finally {
    await file.close();
  }
}

class TarReader {
  readonly #path: string;
  readonly #visit: Visit;
  readonly #parser: Parser;
  #failure: unknown;
  #isOver = false;

  constructor(path: string, visit: Visit) {
    this.#path = path;
    this.#visit = visit;
    this.#parser = new Parser({ strict: true, onReadEntry: (entry) => this.#show(entry) });
    this.#parser.on("error", (error) => this.#fail(damaged(command, path, error)));
    this.#parser.on("ignoredEntry", (entry) => this.#fail(unsupported(path, entry)));
    this.#parser.on("eof", () => {
      this.#isOver = true;
    });
  }

  async read(bytes: Bytes, pause: () => Promise<void> | undefined): Promise<void> {
    for await (const chunk of inRecords(bytes)) {
      await pause();
      if (this.#isOver) continue; // to the end, where a compressed file has its checksum
      this.#parser.write(chunk as Buffer);
      if (this.#failure !== undefined) throw this.#failure;
    }
    if (!this.#isOver) this.#parser.end();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** The parser hands everything over while it is written to, as long as each entry flows. */
  #show(entry: ReadEntry): void {
    this.#guard(() => {
      const sink = this.#visit(asArchiveEntry(this.#path, entry));
      if (sink === undefined) return;
      entry.on("data", (bytes) => this.#guard(() => sink.write(bytes)));
      entry.on("end", () => this.#guard(() => sink.end()));
    });
    entry.resume();
  }

  #guard(run: () => void): void {
    if (this.#failure !== undefined) return;
    try {
      run();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
  }
}

/** Whole records: the parser reads the text of a long name chunk by chunk, and would break a character between two. */
async function* inRecords(bytes: Bytes): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array();
  for await (const chunk of bytes) {
    const joined = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = joined.length - (joined.length % RECORD);
    if (whole > 0) yield Buffer.from(joined.buffer, joined.byteOffset, whole);
    rest = joined.slice(whole);
  }
  if (rest.length > 0) yield Buffer.from(rest);
}

const KINDS: Readonly<Record<string, ArchiveEntry["kind"]>> = {
  File: "file",
  OldFile: "file",
  ContiguousFile: "file",
  Directory: "folder",
  GNUDumpDir: "folder",
  SymbolicLink: "link",
  Link: "hard-link",
};

function asArchiveEntry(path: string, entry: ReadEntry): ArchiveEntry {
  const kind = KINDS[entry.type];
  if (kind === undefined) throw unsupported(path, entry);
  const { path: name, size, mode, mtime: modified, linkpath: target } = entry;
  return { name, kind, size, mode, modified, target };
}

function unsupported(archive: string, { path, type }: ReadEntry): XsysError {
  return new XsysError("UNSUPPORTED", `${command} failed on ${archive}: entry "${path}" is of type ${type}`, {
    details: { path: archive, entry: path },
  });
}
