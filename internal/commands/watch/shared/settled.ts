import { type Entry, isSame, look } from "./entry.ts";
import type { Hint } from "./hints.ts";
import { slices } from "./slices.ts";
import type { TreeIndex } from "./tree-index.ts";

/** What became of a path, beside what was known of it. */
export type Verdict =
  | { readonly kind: "born"; readonly path: string; readonly now: Entry; readonly from?: string; readonly hint: Hint }
  | { readonly kind: "gone"; readonly path: string; readonly before: Entry; readonly hint: Hint }
  | { readonly kind: "other"; readonly path: string; readonly before: Entry; readonly now: Entry; readonly hint: Hint };

/**
 * Judges paths that have settled: what is new, gone or other than it was. What is gone and has the inode of what is new
 * was renamed. The order is that in which they were heard of.
 */
export async function judge(settled: readonly [string, Hint][], index: TreeIndex): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  const giveWay = slices();
  for (const [path, hint] of settled) {
    const before = index.get(path);
    const now = look(path, index.roots.includes(path));
    if (before === undefined && now !== undefined) verdicts.push({ kind: "born", path, now, hint });
    else if (before !== undefined && now === undefined) verdicts.push({ kind: "gone", path, before, hint });
    else if (before !== undefined && now !== undefined && (!isSame(before, now) || hint.lost)) {
      verdicts.push({ kind: "other", path, before, now, hint });
    }
    await giveWay();
  }
  return withRenames(verdicts);
}

function withRenames(verdicts: readonly Verdict[]): Verdict[] {
  const gone = new Map<string, Verdict & { kind: "gone" }>();
  for (const verdict of verdicts) if (verdict.kind === "gone") gone.set(identity(verdict.before), verdict);
  const renamed = new Set<Verdict>();
  const judged = verdicts.map((verdict) => {
    const partner = verdict.kind === "born" ? gone.get(identity(verdict.now)) : undefined;
    if (partner === undefined || verdict.kind !== "born") return verdict;
    gone.delete(identity(verdict.now)); // another name of the same file is born for itself
    renamed.add(partner);
    return { ...verdict, from: partner.path };
  });
  return judged.filter((verdict) => !renamed.has(verdict));
}

function identity({ kind, ino, size, mtime }: Entry): string {
  return `${kind} ${ino} ${size} ${mtime}`;
}
