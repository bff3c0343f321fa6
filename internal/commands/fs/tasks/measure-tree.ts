import { statSync } from "node:fs";
import { entriesOfPart, type Part, type PartArgs } from "../../../files/tree-parts.ts";
import type { Folder } from "../../../files/walk.ts";

export interface TreeSize {
  /** Total size in bytes of everything that is not a folder. */
  readonly size: number;
  readonly files: number;
  /** Includes the root. */
  readonly folders: number;
}

/** Task: measures a part of a tree, or one file. Only a symbolic link given as the root is followed. */
export default function measureTree(args: PartArgs): TreeSize & Part {
  const rest: Folder[] = [];
  if (args.shared !== undefined) return { ...sum(args, rest), rest };
  const root = statSync(args.path);
  if (!root.isDirectory()) return { size: root.size, files: 1, folders: 0, rest };
  const { size, files, folders } = sum(args, rest);
  return { size, files, folders: folders + 1, rest };
}

function sum(args: PartArgs, rest: Folder[]): TreeSize {
  let [size, files, folders] = [0, 0, 0];
  for (const entry of entriesOfPart(args, rest)) {
    if (entry.kind === "folder") {
      folders += 1;
      continue;
    }
    const stats = entry.lstat();
    if (stats === undefined) continue;
    size += stats.size;
    files += 1;
  }
  return { size, files, folders };
}
