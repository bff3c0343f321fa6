import { type FSWatcher, watch } from "node:fs";
import { basename, dirname, sep } from "node:path";
import { countTold } from "./burst.ts";
import { explainLimit } from "./explain-limit.ts";
import { exactPath, nameOf, shownPath } from "./names.ts";
import type { Listener, OpenWatches, Watches } from "./watches.ts";

/**
 * Linux: one fs.watch, which is one inotify watch, for each folder that the index knows. chokidar 6 comes to the same
 * watches through Node's recursive fs.watch, with a tree of its own beside Node's, takes several times as long to be ready
 * (bench/watch), and has Node search all that it knows for each deletion.
 */
export const folderWatches: OpenWatches = (roots, _options, listener) => new FolderWatches(roots, listener);

class FolderWatches implements Watches {
  readonly ready = Promise.resolve();
  readonly #listener: Listener;
  readonly #watchers = new Map<string, FSWatcher>();

  constructor(roots: readonly string[], listener: Listener) {
    this.#listener = listener;
    // From its folder a root is seen to go and to come back. A file saved by a rename is another inode.
    for (const folder of new Set(roots.map((root) => dirname(root)))) this.open(folder);
  }

  open(folder: string): void {
    if (this.#watchers.has(folder)) return;
    const base = folder.endsWith(sep) ? folder : folder + sep;
    const own = basename(folder);
    try {
      const watcher = watch(exactPath(folder), "buffer", (event, bytes) => {
        countTold();
        const name = bytes && nameOf(bytes);
        // The end of the folder itself has its own name, as an entry of that name would have.
        if (name === own && event === "rename") this.#listener.lost(folder);
        this.#listener.hint(name === null ? folder : base + name);
      });
      watcher.on("error", (error) => this.#failed(error, folder));
      this.#watchers.set(folder, watcher);
    } catch (error) {
      this.#failed(error, folder);
    }
  }

  close(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }

  async stop(): Promise<void> {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  /** What has vanished meanwhile, or may not be read, is passed over. */
  #failed(error: unknown, folder: string): void {
    this.#watchers.delete(folder);
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!["ENOENT", "ENOTDIR", "EACCES", "EPERM", "ELOOP"].includes(code)) {
      this.#listener.fail(explainLimit(error, shownPath(folder)));
    }
  }
}
