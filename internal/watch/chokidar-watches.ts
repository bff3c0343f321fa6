import { join } from "node:path";
import { watch } from "chokidar";
import { countTold } from "./burst.ts";
import { explainLimit } from "./explain-limit.ts";
import type { OpenWatches } from "./watches.ts";

/**
 * Every platform but Linux: chokidar, by the system's own recursive watching where there is one. Its raw events are heard
 * as well: they come before it has looked for itself.
 */
export const chokidarWatches: OpenWatches = (roots, { shallow }, listener) => {
  const watcher = watch([...roots], {
    backend: "native-recursive",
    ignoreInitial: true,
    atomic: false,
    followSymlinks: false,
    ignorePermissionErrors: true,
    ...(shallow && { depth: 0 }),
  });
  watcher.on("all", (_event, path) => listener.hint(path));
  watcher.on("raw", (_event, name, where) => {
    countTold();
    const { watchedPath } = where as { watchedPath?: string };
    if (watchedPath !== undefined && typeof name === "string") listener.hint(join(watchedPath, name));
  });
  watcher.on("error", (error) => listener.fail(explainLimit(error, roots.join(", "))));
  return {
    ready: new Promise((resolve) => watcher.once("ready", resolve)),
    open: () => {},
    close: () => {},
    stop: () => watcher.close(),
  };
};
