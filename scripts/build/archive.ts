import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { create } from "tar";

/**
 * -3 takes a third of the time of -6, for 10 % more bytes. The number of threads is fixed, because it determines how xz
 * splits the input into blocks, and so the bytes of the archive.
 */
const XZ = ["--compress", "--stdout", "-3", "--threads=2"];

interface ArchiveOptions {
  /** Paths below `folder`. */
  readonly files: readonly string[];
  readonly folder: string;
  /** Modification time of the files in the archive. It is fixed, so that the same files give the same archive. */
  readonly date: Date;
}

/**
 * Packs files as `.tar.xz`, and writes its checksum to `.sha256` like sha256sum. Returns false when xz is not
 * installed.
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
