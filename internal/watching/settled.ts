import { type Entry, isSame, look } from "./entry.ts";
import type { Hint } from "./hints.ts";
import { slices } from "./slices.ts";
import type { TreeIndex } from "./tree-index.ts";

/** The difference between the known and the current state of a path. */
export type Verdict =
  | {
      readonly kind: "created";
      readonly path: string;
      readonly now: Entry;
      readonly from?: string;
      readonly hint: Hint;
    }
  | { readonly kind: "deleted"; readonly path: string; readonly before: Entry; readonly hint: Hint }
  | {
      readonly kind: "changed";
      readonly path: string;
      readonly before: Entry;
      readonly now: Entry;
      readonly hint: Hint;
    };

/**
 * Compares settled paths with the index. A deleted and a created path with the same inode are a rename. The order of
 * the paths is kept.
 */
export async function judge(settled: readonly [string, Hint][], index: TreeIndex): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  const giveWay = slices();
  for (const [path, hint] of settled) {
    const before = index.get(path);
    const now = look(path, index.roots.includes(path));
    if (before === undefined && now !== undefined) verdicts.push({ kind: "created", path, now, hint });
    else if (before !== undefined && now === undefined) verdicts.push({ kind: "deleted", path, before, hint });
    else if (before !== undefined && now !== undefined && (!isSame(before, now) || hint.lost)) {
      verdicts.push({ kind: "changed", path, before, now, hint });
    }
    await giveWay();
  }
  return withRenames(verdicts);
}

function withRenames(verdicts: readonly Verdict[]): Verdict[] {
  const deleted = new Map<string, Verdict & { kind: "deleted" }>();
  for (const verdict of verdicts) if (verdict.kind === "deleted") deleted.set(identity(verdict.before), verdict);
  const renamed = new Set<Verdict>();
  const judged = verdicts.map((verdict) => {
    const partner = verdict.kind === "created" ? deleted.get(identity(verdict.now)) : undefined;
    if (partner === undefined || verdict.kind !== "created") return verdict;
    deleted.delete(identity(verdict.now)); // a further hard link of the same file is reported as created
    renamed.add(partner);
    return { ...verdict, from: partner.path };
  });
  return judged.filter((verdict) => !renamed.has(verdict));
}

function identity({ kind, ino, size, mtime }: Entry): string {
  return `${kind} ${ino} ${size} ${mtime}`;
}
