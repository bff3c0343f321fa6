import { closeSync, constants, openSync, type Stats } from "node:fs";
import { CLibrary } from "../base/c-library.ts";
import { loadFfi } from "../base/ffi.ts";

/** An entry of a folder as the kernel lists it. */
export interface NativeEntry {
  readonly name: string;
  readonly kind: EntryKind;
  /** Undefined when the stats could not be read, for whatever reason. */
  readonly stats: EntryStats | undefined;
}

export type EntryKind = "file" | "folder" | "link" | "other";

/** Times are milliseconds with fractions, computed as node:fs does. */
export type EntryStats = Pick<Stats, "size" | "mode" | "atimeMs" | "mtimeMs" | "ctimeMs" | "birthtimeMs">;

/** Returns undefined when the folder cannot be read in this way. node:fs then reads it, or fails with the reason. */
export type ReadFolder = (path: string) => NativeEntry[] | undefined;

let loaded: ReadFolder | "unavailable" | undefined;

/**
 * Returns the function that reads folders with the stats of their entries by system calls, through node:ffi, which is
 * experimental. node:fs looks up the whole path of each entry; these calls look up its name in the open folder. Loading
 * node:ffi takes some milliseconds, so this is for large trees only. Undefined with the environment variable
 * XSYS_FFI=off, where node:ffi or one of the calls is missing, and on other systems than Linux on x64 and arm64, whose
 * structures have another layout.
 */
export function nativeFolders(): ReadFolder | undefined {
  loaded ??= load() ?? "unavailable";
  return loaded === "unavailable" ? undefined : loaded;
}

function load(): ReadFolder | undefined {
  const isKnown = process.arch === "x64" || process.arch === "arm64";
  const ffi = isKnown ? loadFfi() : undefined;
  const functions = ffi && library.functions;
  return functions && folderReader(ffi, functions);
}

const library = new CLibrary({
  getdents64: { arguments: ["i32", "pointer", "pointer"], return: "i32" },
  statx: { arguments: ["i32", "pointer", "i32", "u32", "pointer"], return: "i32" },
});

const ENTRIES_BYTES = 32_768;
/** Size of struct statx(2), and the offsets of its fields. */
const STATX_BYTES = 256;
const [MODE, SIZE, ATIME, BTIME, CTIME, MTIME] = [28, 40, 64, 80, 96, 112];
/** Offsets of the fields of struct linux_dirent64, getdents64(2). */
const [RECORD_LENGTH, TYPE, NAME] = [16, 18, 19];
/** By type, DT_… in readdir(3). A file system that does not tell types reports 0. */
const KINDS: Readonly<Record<number, EntryKind>> = {
  1: "other",
  2: "other",
  4: "folder",
  6: "other",
  8: "file",
  10: "link",
  12: "other",
};
const AT_SYMLINK_NOFOLLOW = 0x100;
/** All basic stats and the time of birth. */
const STATX_MASK = 0xfff;
const WORD = Uint32Array.BYTES_PER_ELEMENT;

function folderReader(
  ffi: typeof import("node:ffi"),
  { getdents64, statx }: NonNullable<typeof library.functions>,
): ReadFolder {
  const memory = new ArrayBuffer(ENTRIES_BYTES + STATX_BYTES);
  const records = Buffer.from(memory, 0, ENTRIES_BYTES);
  const words = new Uint32Array(memory, ENTRIES_BYTES);
  const recordsAt = ffi.getRawPointer(memory);
  const statsAt = recordsAt + BigInt(ENTRIES_BYTES);
  // Declared as a pointer, because a call with a 64-bit integer takes five times as long.
  const capacity = BigInt(ENTRIES_BYTES);

  const statsOf = (folder: number, name: number): EntryStats | undefined => {
    const failed = statx(folder, recordsAt + BigInt(name), AT_SYMLINK_NOFOLLOW, STATX_MASK, statsAt);
    return failed ? undefined : decode(words);
  };

  const read = (folder: number): NativeEntry[] | undefined => {
    const entries: NativeEntry[] = [];
    for (;;) {
      const filled = getdents64(folder, recordsAt, capacity);
      if (filled < 0) return undefined;
      if (filled === 0) return entries;
      for (let at = 0; at < filled; at += records.readUInt16LE(at + RECORD_LENGTH)) {
        const name = nameAt(records, at + NAME);
        if (name === "." || name === "..") continue;
        const kind = KINDS[records[at + TYPE] as number];
        if (name === undefined || kind === undefined) return undefined;
        entries.push({ name, kind, stats: statsOf(folder, at + NAME) });
      }
    }
  };

  return (path) => {
    const folder = openFolder(path);
    if (folder === undefined) return undefined;
    try {
      return read(folder);
    } finally {
      closeSync(folder);
    }
  };
}

/** Uses node:fs, which closes the descriptor when the thread is terminated. */
function openFolder(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch {
    return undefined;
  }
}

/** A name, terminated by NUL. Undefined when it is not UTF-8. */
function nameAt(records: Buffer, start: number): string | undefined {
  let end = start;
  let bits = 0;
  for (let byte = records[end] as number; byte !== 0; byte = records[++end] as number) bits |= byte;
  if (bits < 0x80) return records.toString("latin1", start, end);
  const name = records.toString("utf8", start, end);
  return name.includes("\uFFFD") ? undefined : name;
}

function decode(words: Uint32Array): EntryStats {
  return {
    size: wide(words, SIZE),
    mode: (words[MODE / WORD] as number) & 0xffff,
    atimeMs: milliseconds(words, ATIME),
    mtimeMs: milliseconds(words, MTIME),
    ctimeMs: milliseconds(words, CTIME),
    birthtimeMs: milliseconds(words, BTIME),
  };
}

/** A signed 64-bit integer. */
function wide(words: Uint32Array, offset: number): number {
  return ((words[offset / WORD + 1] as number) | 0) * 2 ** 32 + (words[offset / WORD] as number);
}

/** A struct statx_timestamp. */
function milliseconds(words: Uint32Array, offset: number): number {
  return wide(words, offset) * 1_000 + (words[offset / WORD + 2] as number) / 1_000_000;
}
