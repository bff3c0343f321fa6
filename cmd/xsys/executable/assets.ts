import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { getAssetKeys, getRawAsset } from "node:sea";
import { type Files, holds } from "./own-folder.ts";
import { type Contents, unpack } from "./unpack.ts";

/**
 * A directory, accessible only to this user, with the assets whose keys begin with `prefix`, named by the rest of their
 * keys.
 * @throws DENIED if no trusted directory exists or can be created
 */
export function unpackAssets(prefix: string): string {
  const keys = getAssetKeys().filter((key) => key.startsWith(prefix));
  return unpack(contentsOf(new Map(keys.map((key) => [key.slice(prefix.length), new Uint8Array(getRawAsset(key))]))));
}

/** Small files; the directory is named by the hash of their contents, which are compared before each use. */
export function contentsOf(files: Files): Contents {
  return {
    name: digestOf(files),
    isIn: (folder) => holds(folder, files),
    write(folder) {
      for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes, { mode: 0o700, flag: "wx" });
    },
  };
}

function digestOf(files: Files): string {
  const hash = createHash("sha256");
  for (const [name, bytes] of files) hash.update(`${name}\0${bytes.length}\0`).update(bytes);
  return hash.digest("hex").slice(0, 32);
}
