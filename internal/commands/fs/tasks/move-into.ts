import { chmodSync, renameSync, rmSync } from "node:fs";
import { entriesOf } from "../../../files/walk.ts";
import type { FolderPair } from "../shared/copy-job.ts";
import { asExactPath, transplant } from "./exact-path.ts";
import { makePair } from "./make-pair.ts";

/**
 * Moves a tree that is whole into a folder, one file or link after the other, each over what has its name; folders are
 * merged. Gives the folders as they are there. `folders` are the tree's, each after the one it is in.
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
