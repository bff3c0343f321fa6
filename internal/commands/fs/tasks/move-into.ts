import { chmodSync, renameSync, rmSync } from "node:fs";
import { entriesOf } from "../../../files/walk.ts";
import type { FolderPair } from "../shared/copy-job.ts";
import { asExactPath, transplant } from "./exact-path.ts";
import { makePair } from "./make-pair.ts";

/**
 * Merges a complete tree into an existing folder: moves each file or symbolic link and replaces one of the same name.
 * Returns the folders at the destination. `folders` are those of the tree, parents before children.
 */
export function moveInto(folders: readonly FolderPair[], tree: string, dest: string): FolderPair[] {
  for (const { to } of folders) chmodSync(asExactPath(to), 0o700); // a folder may be read-only already
  const moved = folders.map(({ from, to }) => {
    const place = asExactPath(to);
    const pair = makePair(from, transplant(place, tree, dest), false);
    for (const { kind, path } of entriesOf(place)) {
      if (kind !== "folder") renameSync(path, transplant(path, tree, dest));
    }
    return pair;
  });
  rmSync(tree, { recursive: true });
  return moved;
}
