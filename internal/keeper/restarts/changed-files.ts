import type { Change } from "../../watching/change.ts";
import { shownPath } from "../../watching/names.ts";
import { outermost } from "../../watching/outermost.ts";
import { watchesOfPlatform } from "../../watching/platform-watches.ts";
import scanWatched from "../../watching/scan-watched.ts";
import { Subscription } from "../../watching/subscription.ts";
import { WatchedTree } from "../../watching/watched-tree.ts";

interface Watched {
  readonly paths: readonly string[];
  /** Globs as in .gitignore. */
  readonly ignore: readonly string[];
  readonly signal: AbortSignal;
  /** Called when all changes are noticed from now on. */
  readonly ready: () => void;
}

/**
 * The paths of files that were created, changed, renamed or deleted, until the signal aborts.
 * @throws LIMIT_EXCEEDED if the system has no more watches; NOT_FOUND if a path does not exist
 */
export async function* changedFiles({ paths, ignore, signal, ready }: Watched): AsyncGenerator<string> {
  const options = { roots: outermost(paths), ignore, shallow: false, debounce: 0 };
  const tree = new WatchedTree(options, async (args) => scanWatched(args), await watchesOfPlatform());
  try {
    for await (const change of new Subscription(tree, { initial: false, signal }).changes()) {
      if (change.type === "ready") ready();
      else if (isOfFiles(change)) yield shownPath("path" in change ? change.path : (options.roots[0] ?? ""));
    }
  } finally {
    await tree.close();
  }
}

/** A folder that was created or deleted says nothing without its files, which are reported, too; a renamed one does. */
function isOfFiles(change: Change): boolean {
  if (change.type === "overflow") return change.reason === "reader"; // more changes than can be queued
  return change.type === "rename" || ("is_dir" in change && !change.is_dir);
}
