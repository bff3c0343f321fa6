import { isUtf8 } from "node:buffer";
import type { FileHandle } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { type Entry, fromRandomAccessReaderPromise, getFileNameLowLevel, openPromise, type ZipFile } from "yauzl";
import { XsysError } from "../../../../protocol/errors.ts";
import { isErrno } from "../../../base/errno.ts";
import { openForReading } from "../../../files/open-for-reading.ts";
import { refuseOthers, startOf } from "../shared/recognise.ts";
import { damaged } from "../shared/streams.ts";
import type { ArchiveEntry, Visit } from "./archive-entry.ts";
import { findZip, WindowReader } from "./zip-window.ts";

const command = "archive.unzip";
/** Maximum length of a link's target: PATH_MAX on Linux. */
const MAX_TARGET = 4_096;

/** Reads a zip archive and passes its entries to `visit`. */
export async function readZip(path: string, pause: () => Promise<void> | undefined, visit: Visit): Promise<void> {
  const file = await openForReading(path, command);
  try {
    const zip = await openZip(path, file);
    try {
      for await (const entry of guarded(path, zip.eachEntry())) {
        await pause();
        const sink = visit(await describe(path, zip, entry));
        if (sink === undefined) continue;
        for await (const bytes of contents(path, zip, entry)) {
          await pause();
          sink.write(bytes);
        }
        sink.end();
      }
    } finally {
      zip.close();
    }
  } finally {
    await file.close();
  }
}

/** The library's own name check (part of decodeStrings) would report a path outside the archive as damage. */
const OPTIONS = { lazyEntries: true, autoClose: false, decodeStrings: false } as const;

/** A file of no other known format is passed to the library, which reports what is wrong with it. */
async function openZip(path: string, file: FileHandle): Promise<ZipFile> {
  const window = await findZip(file);
  if (window === undefined) refuseOthers(command, path, await startOf(file));
  if (window === undefined || window.isWhole) return orDamaged(path, openPromise(path, OPTIONS));
  const size = window.end - window.start;
  return orDamaged(path, fromRandomAccessReaderPromise(new WindowReader(file, window), size, OPTIONS));
}

/** Reads the contents. The library checks their length but not their checksum. */
async function* contents(path: string, zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array> {
  const stream = await orDamaged(path, zip.openReadStreamPromise(entry, {}));
  let checksum = 0;
  for await (const bytes of guarded<Buffer>(path, stream)) {
    checksum = crc32(bytes, checksum);
    yield bytes;
  }
  if (checksum !== entry.crc32)
    throw damaged(command, path, `the checksum of ${nameOf(entry)} does not match its contents`);
}

/** Parts of the Unix mode in a zip entry (APPNOTE 4.4.15, st_mode in the upper half). */
const [FORMAT, FOLDER, LINK, REGULAR] = [0o170000, 0o040000, 0o120000, 0o100000];
/** Systems whose archives store a Unix mode (APPNOTE 4.4.2). */
const [UNIX, DARWIN] = [3, 19];
const DOS_FOLDER = 0x10;
/** General purpose bit 11 (APPNOTE 4.4.4). */
const UTF8_NAME = 0x800;

async function describe(path: string, zip: ZipFile, entry: Entry): Promise<ArchiveEntry> {
  const name = nameOf(entry);
  if (entry.isEncrypted()) throw unsupported(path, name, "it is encrypted");
  if (!entry.canDecodeFileData()) throw unsupported(path, name, compressedBy(entry.compressionMethod));
  const mode = madeOnUnix(entry) ? entry.externalFileAttributes >>> 16 : 0;
  const format = mode & FORMAT;
  const isFolder = name.endsWith("/") || format === FOLDER || (entry.externalFileAttributes & DOS_FOLDER) !== 0;
  if (!isFolder && format !== 0 && format !== LINK && format !== REGULAR) {
    throw unsupported(path, name, "it is a device, a FIFO or a socket");
  }
  const kind = isFolder ? "folder" : format === LINK ? "link" : "file";
  const target = kind === "link" ? await targetOf(path, zip, entry) : undefined;
  const modified = entry.getLastModDate();
  return { name, kind, size: entry.uncompressedSize, mode: mode === 0 ? undefined : mode, modified, target };
}

/** APPNOTE 4.4.5. */
const METHODS: Readonly<Record<number, string>> = {
  1: "shrink",
  6: "implode",
  9: "deflate64",
  12: "bzip2",
  14: "lzma",
  93: "zstd",
  95: "xz",
  98: "ppmd",
};

function compressedBy(method: number): string {
  return `it is compressed with ${METHODS[method] ?? "an unknown method"} (method ${method})`;
}

async function targetOf(path: string, zip: ZipFile, entry: Entry): Promise<string> {
  if (entry.uncompressedSize > MAX_TARGET) throw damaged(command, path, `the link ${nameOf(entry)} is too long`);
  const parts: Uint8Array[] = [];
  for await (const bytes of contents(path, zip, entry)) parts.push(bytes);
  return Buffer.concat(parts).toString();
}

/** Info-ZIP's zip stores the bytes of a Unix name unchanged, mostly UTF-8, and often without the flag for UTF-8. */
function nameOf(entry: Entry): string {
  const { generalPurposeBitFlag: flags, fileNameRaw, extraFields } = entry;
  const isText = madeOnUnix(entry) && isUtf8(fileNameRaw);
  return getFileNameLowLevel(isText ? flags | UTF8_NAME : flags, fileNameRaw, extraFields, false);
}

function madeOnUnix({ versionMadeBy }: Entry): boolean {
  return [UNIX, DARWIN].includes(versionMadeBy >> 8);
}

/**
 * Converts the library's errors to INVALID_DATA, except those of the operating system. Errors in the loop's body are
 * not affected.
 */
async function* guarded<T>(path: string, source: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await orDamaged(path, iterator.next());
      if (done) return;
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}

/** The library's errors for valid archives that it does not support. */
const BEYOND: readonly (readonly [RegExp, string])[] = [
  [/^multi-disk/, "it is part of a split archive"],
  [/^strong encryption/, "it is encrypted"],
];

async function orDamaged<T>(path: string, promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    if (isErrno(error) && error.syscall !== undefined) throw error;
    const why = BEYOND.find(([pattern]) => pattern.test((error as Error).message))?.[1];
    if (why === undefined) throw damaged(command, path, error);
    throw new XsysError("UNSUPPORTED", `${command} failed on ${path}: ${why}`, { details: { path }, cause: error });
  }
}

function unsupported(archive: string, name: string, why: string): XsysError {
  return new XsysError("UNSUPPORTED", `${command} failed on ${archive}: entry "${name}": ${why}`, {
    details: { path: archive, entry: name },
  });
}
