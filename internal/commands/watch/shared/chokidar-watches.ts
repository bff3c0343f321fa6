import { realpathSync } from "node:fs";
import { join, relative } from "node:path";
import { watch } from "chokidar";
import { countTold } from "./burst.ts";
import { explainLimit } from "./explain-limit.ts";
import type { OpenWatches } from "./watches.ts";

/**
 * Every platform but Linux: chokidar, by the system's own recursive watching where there is one. Its raw events are heard
 * as well: they come before it has looked for itself.
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
    countTold();
    const { watchedPath } = where as { watchedPath?: string };
    if (watchedPath !== undefined && typeof name === "string") hint(join(watchedPath, name));
  });
  watcher.on("error", (error) => listener.fail(explainLimit(error, roots.join(", "))));
  return {
    ready: new Promise((resolve) => watcher.once("ready", resolve)),
    // A root that is a link may lead elsewhere by now. It is watched by its real path: links are not followed.
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
    return root; // which says by itself that it is not there
  }
}
