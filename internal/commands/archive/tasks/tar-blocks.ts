import { closeSync, fstatSync, readlinkSync, readSync } from "node:fs";
import { Header, Pax } from "tar";
import { Blocks } from "./blocks.ts";
import type { PackedFiles } from "./packed-files.ts";
import { openPacked, type PackedEntry } from "./packing-list.ts";

/** Every part of a tar archive is padded to a multiple of this size. */
const RECORD = 512;
/** An archive ends with two empty records. */
const END = 2 * RECORD;

type Pause = () => Promise<void> | undefined;

/** Generates a tar archive (POSIX.1-2001 ustar, with pax headers for values that do not fit) in blocks of 256 KiB. */
export async function* tarBlocks(
  entries: readonly PackedEntry[],
  files: PackedFiles,
  pause: Pause,
): AsyncGenerator<Uint8Array> {
  const blocks = new Blocks();
  const firstNames = new Map<string, string>();
  for (const entry of entries) {
    await pause();
    const fd = entry.kind === "file" ? openPacked(entry.path) : undefined;
    if (entry.kind === "file" && fd === undefined) continue;
    try {
      const first = fd === undefined ? undefined : firstName(entry, fd, firstNames);
      if (fd === undefined) putHeader(blocks, entry, 0, entry.kind === "link" ? readlinkSync(entry.path) : undefined);
      else if (first !== undefined) putHeader(blocks, entry, 0, first);
      else yield* contents(blocks, entry, fd, files, pause);
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
    yield* blocks.takeFull();
  }
  blocks.putZeros(END);
  yield* blocks.takeAll();
}

/** The name under which the archive already contains the same file. */
function firstName(entry: PackedEntry, fd: number, firstNames: Map<string, string>): string | undefined {
  const { nlink, dev, ino } = fstatSync(fd);
  if (nlink < 2) return undefined;
  const key = `${dev}:${ino}`;
  const first = firstNames.get(key);
  if (first === undefined) firstNames.set(key, entry.name);
  return first;
}

/** Writes a header and as many bytes as it states. A file that becomes shorter is padded with zeros, as in GNU tar. */
async function* contents(blocks: Blocks, entry: PackedEntry, fd: number, files: PackedFiles, pause: Pause) {
  const { bytes, size = bytes.length } = files.start(entry, fd);
  putHeader(blocks, entry, size);
  blocks.put(bytes);
  let left = size - bytes.length;
  while (left > 0) {
    yield* blocks.takeFull();
    await pause();
    const read = readSync(fd, blocks.room(left));
    if (read === 0) break;
    blocks.advance(read);
    left -= read;
  }
  files.endedAt(entry, size, size - left);
  blocks.putZeros(left);
  blocks.fillUp(RECORD);
}

const TYPES = { folder: "Directory", link: "SymbolicLink", file: "File" } as const;

function putHeader(blocks: Blocks, { name, kind, stats }: PackedEntry, size: number, linkpath?: string): void {
  const path = kind === "folder" ? `${name}/` : name;
  const type = kind === "file" && linkpath !== undefined ? ("Link" as const) : TYPES[kind];
  const [mode, mtime] = [stats.mode & 0o7777, stats.mtime];
  const fields = { path, mode, uid: stats.uid, gid: stats.gid, size, mtime, type, ...(linkpath && { linkpath }) };
  const header = new Header(fields);
  if (header.encode()) blocks.put(new Pax(fields).encode());
  blocks.put(header.block as Buffer);
}
