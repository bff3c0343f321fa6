import { createReadStream, createWriteStream, existsSync, renameSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { constants, createGzip } from "node:zlib";
import { COMPRESSED, PARTIAL } from "./log-names.ts";

/**
 * Replaces a rotated file PATH by PATH.gz. zlib runs in Node's thread pool.
 *
 * 1. PATH is compressed to PATH.gz.tmp, which is flushed to the disk.
 * 2. PATH.gz.tmp is renamed to PATH.gz.
 * 3. PATH is deleted.
 *
 * After a crash in step 1 there is an incomplete PATH.gz.tmp, which the next attempt overwrites; after step 2 there are
 * two files with the same records, of which readers use one, and the next start deletes PATH.
 */
export async function compressFile(path: string, signal: AbortSignal): Promise<void> {
  const partial = path + PARTIAL;
  try {
    const gzip = createGzip({ level: constants.Z_BEST_SPEED });
    await pipeline(createReadStream(path), gzip, createWriteStream(partial, { mode: 0o600 }), { signal });
    await flush(partial);
    // It may have been deleted meanwhile, to keep within the limits.
    if (!existsSync(path)) return;
    renameSync(partial, path + COMPRESSED);
    rmSync(path, { force: true });
  } finally {
    rmSync(partial, { force: true });
  }
}

async function flush(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
