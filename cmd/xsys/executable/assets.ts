import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { getAssetKeys, getRawAsset } from "node:sea";
import { type Files, holds } from "./own-folder.ts";
import { type Contents, unpack } from "./unpack.ts";

/**
 * The folder, of this user's alone, in which the assets lie whose keys begin with `prefix`, by the rest of their keys.
 * @throws DENIED where there is none that can be trusted, or made
 */
export function unpackAssets(prefix: string): string {
  const keys = getAssetKeys().filter((key) => key.startsWith(prefix));
  return unpack(contentsOf(new Map(keys.map((key) => [key.slice(prefix.length), new Uint8Array(getRawAsset(key))]))));
}

/** Small files, by whose contents the folder is named, and which are compared before each use. */
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
