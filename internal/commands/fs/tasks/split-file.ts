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
import { XsysError } from "../../../../protocol/errors.ts";
import { checkpoint, type Interrupt } from "../../../files/interrupt.ts";
import { makeFolder } from "../../../files/make-folder.ts";
import { tempBeside } from "../../../files/temp-path.ts";

const BLOCK = 1_048_576;
const MAX_CHUNKS = 100_000;

/**
 * Task: splits a file into chunks with the same mode and returns their names in order. An empty file gives one empty
 * chunk. The file is read to its end, whatever size it reports. The chunks are written to a temporary folder and
 * renamed once all are complete.
 */
export default async function splitFile(args: SplitArgs): Promise<string[]> {
  const { path, base, bytes, folder } = args;
  const file = openSync(path, "r");
  try {
    const stats = fstatSync(file);
    refuseMany(path, Math.ceil(stats.size / bytes)); // before anything is written, if the reported size is right
    makeFolder(folder);
    const temp = tempBeside(join(folder, base));
    mkdirSync(temp, 0o700);
    try {
      const names = await writeChunks(file, stats, temp, args);
      publish(temp, folder, names);
      return names;
    } finally {
      rmSync(temp, { recursive: true });
    }
  } finally {
    closeSync(file);
  }
}

interface SplitArgs {
  readonly path: string;
  /** Prefix of the chunks' names. */
  readonly base: string;
  readonly bytes: number;
  readonly folder: string;
  readonly interrupt: Interrupt;
}

function refuseMany(path: string, count: number): void {
  if (count <= MAX_CHUNKS) return;
  throw new XsysError("TOO_LARGE", `fs.split failed on ${path}: it would produce more than ${MAX_CHUNKS} chunks`, {
    details: { path, chunks: count, limit: MAX_CHUNKS },
  });
}

async function writeChunks(file: number, { mode }: Stats, temp: string, args: SplitArgs): Promise<string[]> {
  const { path, base, bytes, interrupt } = args;
  const reader = new BlockReader(file, Math.min(BLOCK, bytes), checkpoint(interrupt));
  const names: string[] = [];
  while (names.length === 0 || (await reader.hasMore())) {
    refuseMany(path, names.length + 1);
    const name = `${base}.${String(names.length + 1).padStart(3, "0")}`;
    const chunk = openSync(join(temp, name), "wx", 0o600);
    try {
      for (let left = bytes; left > 0 && (await reader.hasMore()); ) {
        const block = reader.take(left);
        writeFully(chunk, block);
        left -= block.length;
      }
      fchmodSync(chunk, mode & 0o777);
    } finally {
      closeSync(chunk);
    }
    names.push(name);
  }
  return names;
}

/** Reads a file in blocks from its current position. A block can be taken in parts. */
class BlockReader {
  readonly #file: number;
  readonly #pause: () => Promise<void> | undefined;
  readonly #room: Buffer;
  #block: Buffer;

  constructor(file: number, blockSize: number, pause: () => Promise<void> | undefined) {
    this.#file = file;
    this.#pause = pause;
    this.#room = Buffer.allocUnsafe(blockSize);
    this.#block = this.#room.subarray(0, 0);
  }

  async hasMore(): Promise<boolean> {
    if (this.#block.length > 0) return true;
    await this.#pause();
    this.#block = this.#room.subarray(0, readSync(this.#file, this.#room));
    return this.#block.length > 0;
  }

  /** Valid until the next `hasMore`. */
  take(most: number): Buffer {
    const taken = this.#block.subarray(0, most);
    this.#block = this.#block.subarray(taken.length);
    return taken;
  }
}

function writeFully(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

/**
 * Renames the chunks to their final names. If one fails, for example because a folder has its name, those already
 * renamed are removed.
 */
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
