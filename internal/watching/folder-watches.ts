import { type FSWatcher, watch } from "node:fs";
import { basename, dirname, sep } from "node:path";
import { countEvent } from "./burst.ts";
import { explainLimit } from "./explain-limit.ts";
import { exactPath, nameOf, shownPath } from "./names.ts";
import type { Listener, OpenWatches, Watches } from "./watches.ts";

/**
 * For Linux: one fs.watch, which is one inotify watch, per folder in the index. chokidar 6 uses the same inotify
 * watches through Node's recursive fs.watch, but keeps a second tree beside Node's, takes several times as long to be
 * ready (bench/watch), and makes Node search its whole tree at each deletion.
 */
export const folderWatches: OpenWatches = (roots, _options, listener) => new FolderWatches(roots, listener);

class FolderWatches implements Watches {
  readonly ready = Promise.resolve();
  readonly #listener: Listener;
  readonly #watchers = new Map<string, FSWatcher>();

  constructor(roots: readonly string[], listener: Listener) {
    this.#listener = listener;
    // The parent folder is watched because a root may be deleted and created again, as when a save replaces the file.
    for (const folder of new Set(roots.map((root) => dirname(root)))) this.open(folder);
  }

  open(folder: string): void {
    if (this.#watchers.has(folder)) return;
    const base = folder.endsWith(sep) ? folder : folder + sep;
    const own = basename(folder);
    try {
      const watcher = watch(exactPath(folder), "buffer", (event, bytes) => {
        countEvent();
        const name = bytes && nameOf(bytes);
        // Deleting the folder itself is reported under its own name, like a change of an entry with that name.
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

  /** Folders that have disappeared or cannot be read are ignored. */
  #failed(error: unknown, folder: string): void {
    this.#watchers.delete(folder);
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!["ENOENT", "ENOTDIR", "EACCES", "EPERM", "ELOOP"].includes(code)) {
      this.#listener.fail(explainLimit(error, shownPath(folder)));
    }
  }
}
