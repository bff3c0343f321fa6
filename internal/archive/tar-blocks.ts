import { closeSync, fstatSync, readlinkSync, readSync } from "node:fs";
import { Header, Pax } from "tar";
import { Blocks } from "./blocks.ts";
import { openPacked, type PackedEntry } from "./packing-list.ts";

/** Where a tar archive's sizes end: every part is filled up to a multiple of it. */
const RECORD = 512;
/** Two empty records end an archive. */
const END = 2 * RECORD;

type Pause = () => Promise<void> | undefined;

/** A tar archive (POSIX.1-2001 ustar, with pax headers for what does not fit) of some entries, in blocks of 256 KiB. */
export async function* tarBlocks(entries: readonly PackedEntry[], pause: Pause): AsyncGenerator<Uint8Array> {
  const blocks = new Blocks();
  const firstNames = new Map<string, string>();
  for (const entry of entries) {
    await pause();
    const fd = entry.kind === "file" ? openPacked(entry.path) : undefined;
    if (entry.kind === "file" && fd === undefined) continue;
    try {
      let left = fd === undefined ? 0 : putFileHeader(blocks, entry, fd, firstNames);
      if (fd === undefined) putHeader(blocks, entry, 0, entry.kind === "link" ? readlinkSync(entry.path) : undefined);
      while (left > 0) {
        const read = readSync(fd as number, blocks.room(left));
        if (read === 0) break; // it has become shorter: zeros take the place of what is missing, as in GNU tar
        blocks.advance(read);
        left -= read;
        yield* blocks.takeFull();
        await pause();
      }
      blocks.putZeros(left);
      blocks.fillUp(RECORD);
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
    yield* blocks.takeFull();
  }
  blocks.putZeros(END);
  yield* blocks.takeAll();
}

/** Gives the bytes of contents to follow: none for a further name of a file that is in the archive already. */
function putFileHeader(blocks: Blocks, entry: PackedEntry, fd: number, firstNames: Map<string, string>): number {
  const { size, nlink, dev, ino } = fstatSync(fd);
  const key = nlink > 1 ? `${dev}:${ino}` : undefined;
  const first = key === undefined ? undefined : firstNames.get(key);
  if (key !== undefined && first === undefined) firstNames.set(key, entry.name);
  putHeader(blocks, entry, first === undefined ? size : 0, first);
  return first === undefined ? size : 0;
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
