import type { Host } from "../../../base/context.ts";
import { perHost } from "../../../base/per-host.ts";
import type { Change } from "../../../watching/change.ts";
import { pathFromOutside } from "../../../watching/names.ts";
import { outermost } from "../../../watching/outermost.ts";
import { watchesOfPlatform } from "../../../watching/platform-watches.ts";
import type { TreeOptions } from "../../../watching/scope.ts";
import { Subscription, type SubscriptionOptions } from "../../../watching/subscription.ts";
import { WatchedTree } from "../../../watching/watched-tree.ts";

interface Shared {
  readonly tree: WatchedTree;
  subscribers: number;
}

const treesOf = perHost(() => new Map<string, Shared>());

export type WatchOptions = Omit<TreeOptions, "roots"> & { readonly paths: readonly string[] } & SubscriptionOptions;

/** Changes from now on, until the signal aborts. Callers with the same paths and options share one watch. */
export async function* watchTree(host: Host, options: WatchOptions): AsyncGenerator<Change> {
  const { paths, ignore, shallow, debounce, ...subscription } = options;
  const tree: TreeOptions = { roots: rootsOf(paths, shallow), ignore, shallow, debounce };
  const key = JSON.stringify(tree);
  const trees = treesOf(host);
  const openWatches = await watchesOfPlatform();
  const shared =
    trees.get(key) ??
    share(new WatchedTree(tree, (args) => host.tasks.run("scan-watched", args), openWatches), trees, key);
  shared.subscribers += 1;
  try {
    yield* new Subscription(shared.tree, subscription).changes();
  } finally {
    shared.subscribers -= 1;
    if (shared.subscribers === 0) {
      if (trees.get(key) === shared) trees.delete(key);
      await shared.tree.close();
    }
  }
}

/** A tree that fails is removed, so that no later caller joins it. */
function share(tree: WatchedTree, trees: Map<string, Shared>, key: string): Shared {
  const shared = { tree, subscribers: 0 };
  trees.set(key, shared);
  tree.listeners.add({ change: () => {}, fail: () => trees.delete(key) });
  return shared;
}

function rootsOf(paths: readonly string[], shallow: boolean): string[] {
  const all = paths.map(pathFromOutside);
  return shallow ? [...new Set(all)].sort() : outermost(all);
}
