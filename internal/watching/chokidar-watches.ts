import { realpathSync } from "node:fs";
import { join, relative } from "node:path";
import { watch } from "chokidar";
import { countEvent } from "./burst.ts";
import { explainLimit } from "./explain-limit.ts";
import type { OpenWatches } from "./watches.ts";

/**
 * For all platforms except Linux: chokidar, with the system's recursive watching where it exists. Its raw events are
 * used too, because they arrive before chokidar has inspected the path.
 */
export const chokidarWatches: OpenWatches = (roots, { shallow }, listener) => {
  const reals = new Map(roots.map((root) => [root, realOf(root)]));
  const watcher = watch([...reals.values()], {
    backend: "native-recursive",
    ignoreInitial: true,
    atomic: false,
    followSymlinks: false,
    ignorePermissionErrors: true,
    ...(shallow && { depth: 0 }),
  });
  const hint = (path: string) => {
    for (const [root, real] of reals) {
      const below = root === real ? undefined : relative(real, path);
      if (below === undefined) listener.hint(path);
      else if (!below.startsWith("..")) listener.hint(join(root, below));
    }
  };
  watcher.on("all", (_event, path) => hint(path));
  watcher.on("raw", (_event, name, where) => {
    countEvent();
    const { watchedPath } = where as { watchedPath?: string };
    if (watchedPath !== undefined && typeof name === "string") hint(join(watchedPath, name));
  });
  watcher.on("error", (error) => listener.fail(explainLimit(error, roots.join(", "))));
  return {
    ready: new Promise((resolve) => watcher.once("ready", resolve)),
    // A root that is a symbolic link may have another target now. Links are not followed, so its real path is watched.
    open: (folder) => {
      const before = reals.get(folder);
      if (before === undefined || before === realOf(folder)) return;
      reals.set(folder, realOf(folder));
      if (![...reals.values()].includes(before)) watcher.unwatch(before);
      watcher.add(realOf(folder));
    },
    close: () => {},
    stop: () => watcher.close(),
  };
};

function realOf(root: string): string {
  try {
    return realpathSync(root);
  } catch {
    return root; // a missing root is reported when it is watched
  }
}
