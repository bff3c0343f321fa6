import { isSame } from "./entry.ts";
import { entryPath } from "./entry-path.ts";
import { FACTS, KINDS, type ScannedFolder } from "./scan-watched.ts";
import { slices } from "./slices.ts";
import type { TreeIndex } from "./tree-index.ts";

/** Paths at which a scanned tree differs from the index. Of an unknown folder, only the folder itself. */
export async function* differences(tree: readonly ScannedFolder[], index: TreeIndex): AsyncGenerator<string> {
  const giveWay = slices();
  for (const { path, names, facts } of tree) {
    const known = index.get(path)?.entries;
    if (known === undefined) continue;
    const present = new Set<string>();
    for (const [place, name] of names.split("\0").slice(0, -1).entries()) {
      present.add(name);
      const before = known.get(name);
      if (before === undefined || !isSame(before, entryAt(facts, place))) yield entryPath(path, name);
    }
    for (const name of known.keys()) if (!present.has(name)) yield entryPath(path, name);
    await giveWay();
  }
}

function entryAt(facts: Float64Array, place: number) {
  const [kind = 0, ino = 0, size = 0, mtime = 0] = facts.subarray(place * FACTS, (place + 1) * FACTS);
  return { kind: KINDS[kind] ?? "other", ino, size, mtime };
}
