import {
  closeSync,
  fchmodSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { XsysError } from "../../protocol/errors.ts";
import { checkpoint, type Interrupt } from "../files/interrupt.ts";
import { makeFolder } from "../files/make-folder.ts";
import { tempBeside } from "../files/temp-path.ts";

const BLOCK = 1_048_576;
const MAX_CHUNKS = 100_000;

/**
 * Task: cuts a file into chunks of its own mode and gives their names, in order; an empty file is one empty chunk. The
 * chunks are written in a temporary folder and take their names when all are there.
 */
export default async function splitFile(args: SplitArgs): Promise<string[]> {
  const { path, base, bytes, folder } = args;
  const file = openSync(path, "r");
  try {
    const stats = fstatSync(file);
    const names = chunkNames(path, base, stats.size, bytes);
    makeFolder(folder);
    const temp = tempBeside(join(folder, base));
    mkdirSync(temp, 0o700);
    try {
      await writeChunks(file, stats, temp, names, args);
      publish(temp, folder, names);
    } finally {
      rmSync(temp, { recursive: true });
    }
    return names;
  } finally {
    closeSync(file);
  }
}

interface SplitArgs {
  readonly path: string;
  /** What the chunks' names begin with. */
  readonly base: string;
  readonly bytes: number;
  readonly folder: string;
  readonly interrupt: Interrupt;
}

function chunkNames(path: string, base: string, size: number, bytes: number): string[] {
  const count = Math.max(1, Math.ceil(size / bytes));
  if (count > MAX_CHUNKS) {
    throw new XsysError("TOO_LARGE", `fs.split failed on ${path}: ${count} chunks are more than ${MAX_CHUNKS}`, {
      details: { path, chunks: count, limit: MAX_CHUNKS },
    });
  }
  return Array.from({ length: count }, (_, index) => `${base}.${String(index + 1).padStart(3, "0")}`);
}

async function writeChunks(file: number, { mode, size }: Stats, temp: string, names: string[], args: SplitArgs) {
  const { bytes, interrupt } = args;
  const pause = checkpoint(interrupt);
  const block = Buffer.allocUnsafe(Math.min(BLOCK, bytes));
  for (const [index, name] of names.entries()) {
    const chunk = openSync(join(temp, name), "wx", 0o600);
    try {
      const end = Math.min(size, (index + 1) * bytes);
      for (let at = index * bytes; at < end; ) {
        await pause();
        const read = readSync(file, block, 0, Math.min(block.length, end - at), at);
        if (read === 0) throw shrunk(args.path);
        writeFully(chunk, block.subarray(0, read));
        at += read;
      }
      fchmodSync(chunk, mode & 0o777);
    } finally {
      closeSync(chunk);
    }
  }
}

function writeFully(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

function shrunk(path: string): XsysError {
  return new XsysError("INVALID_DATA", `fs.split failed on ${path}: it became shorter meanwhile`, {
    details: { path },
  });
}

/** Gives the chunks their names. One that a folder holds takes those before it with it. */
function publish(temp: string, folder: string, names: readonly string[]): void {
  const done: string[] = [];
  try {
    for (const name of names) {
      renameSync(join(temp, name), join(folder, name));
      done.push(join(folder, name));
    }
  } catch (error) {
    for (const path of done) unlinkSync(path);
    throw error;
  }
}
