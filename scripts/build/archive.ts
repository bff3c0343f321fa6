import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { create } from "tar";

/** A third of the time of -6, for a tenth more bytes. Threads are asked for by number: how xz cuts its blocks, and with it the archive's bytes, goes by that. */
const XZ = ["--compress", "--stdout", "-3", "--threads=2"];

interface ArchiveOptions {
  /** Paths below `folder`. */
  readonly files: readonly string[];
  readonly folder: string;
  /** The time that the files in it get; it makes the same archive of the same files. */
  readonly date: Date;
}

/**
 * Packs files as `.tar.xz`, and writes the archive's SHA-256 beside it as sha256sum does. Gives false where there is no xz.
 */
export async function archive(file: string, { files, folder, date }: ArchiveOptions): Promise<boolean> {
  const xz = spawn("xz", XZ, { stdio: ["pipe", "pipe", "inherit"] });
  const started = new Promise<boolean>((resolve, reject) => {
    xz.once("spawn", () => resolve(true));
    xz.once("error", (error: NodeJS.ErrnoException) => (error.code === "ENOENT" ? resolve(false) : reject(error)));
  });
  if (!(await started)) return false;
  const packed = create({ cwd: folder, portable: true, mtime: date }, [...files]);
  await Promise.all([
    pipeline(packed as unknown as NodeJS.ReadableStream, xz.stdin),
    pipeline(xz.stdout, createWriteStream(file)),
  ]);
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  await writeFile(`${file}.sha256`, `${hash.digest("hex")}  ${basename(file)}\n`);
  return true;
}
