import { statSync } from "node:fs";
import { walk } from "./walk.ts";

export interface TreeSize {
  /** Bytes of the contents of everything that is not a folder. */
  readonly size: number;
  readonly files: number;
  /** The root included. */
  readonly folders: number;
}

/** Task: what a folder holds, or one file. A link is followed at the root alone. */
export default function measureTree({ path }: { path: string }): TreeSize {
  const root = statSync(path);
  if (!root.isDirectory()) return { size: root.size, files: 1, folders: 0 };
  let [size, files, folders] = [0, 0, 1];
  for (const entry of walk(path)) {
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
