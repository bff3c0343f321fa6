import { accessSync, constants, type FSWatcher, statSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { countTold } from "./burst.ts";
import { explainLimit } from "./explain-limit.ts";
import { exactPath, nameOf, shownPath } from "./names.ts";
import { placesOf } from "./root-places.ts";

/** Times that the places are looked up again because they changed while they were being watched. */
const MAX_TURNS = 8;

interface Watched {
  readonly watcher: FSWatcher | undefined;
  /** Device and inode: a folder of the same path may be another one. */
  readonly identity: string;
}

/**
 * Hears of what a watched path's folder does not tell: that a link on the way to it now leads elsewhere, and that the
 * file at the end of its links changed. And of a file in a folder that this user may enter but not read, by its inode.
 */
export class RootWatch {
  readonly #root: string;
  readonly #changed: () => void;
  readonly #fail: (error: unknown) => void;
  /** What is watched, by path, and the names in it that matter; of the root itself, any. */
  readonly #watched = new Map<string, Watched>();
  #names = new Map<string, Set<string>>();
  #known = "";
  #stopped = false;

  /** `changed` is called when the root may name something else, or be something else, than before. */
  constructor(root: string, changed: () => void, fail: (error: unknown) => void) {
    this.#root = root;
    this.#changed = changed;
    this.#fail = fail;
  }

  /** Whether a link leads to the root: what is missing may come back by another one. */
  get goesThroughLinks(): boolean {
    return this.#names.size > (this.#names.has(this.#root) ? 1 : 0);
  }

  /** Watches along the way as it is now. */
  follow(): void {
    for (let turn = 0; turn < MAX_TURNS && !this.#stopped; turn++) {
      const names = namesByFolder(this.#root);
      const known = [...names].map(([path, entries]) => `${identityOf(path)} ${path}/${[...entries].join("/")}`).join();
      if (known === this.#known) return;
      this.#known = known;
      this.#names = names;
      for (const path of this.#watched.keys()) if (!names.has(path)) this.#close(path);
      for (const path of names.keys()) this.#open(path);
    }
  }

  stop(): void {
    this.#stopped = true;
    for (const path of [...this.#watched.keys()]) this.#close(path);
  }

  #open(path: string): void {
    const identity = identityOf(path);
    if (this.#watched.get(path)?.identity === identity) return;
    this.#close(path);
    this.#watched.set(path, { watcher: this.#watcherOf(path), identity });
  }

  #close(path: string): void {
    this.#watched.get(path)?.watcher?.close();
    this.#watched.delete(path);
  }

  /** Undefined where nothing can be heard: it has vanished meanwhile, or may not be read. */
  #watcherOf(path: string): FSWatcher | undefined {
    const own = basename(path);
    try {
      const watcher = watch(exactPath(path), "buffer", (_event, bytes) => {
        countTold();
        const name = bytes && nameOf(bytes);
        if (name === null || path === this.#root || name === own || this.#names.get(path)?.has(name)) this.#changed();
      });
      watcher.on("error", (error) => this.#failed(error, path));
      return watcher;
    } catch (error) {
      this.#failed(error, path);
      return undefined;
    }
  }

  #failed(error: unknown, path: string): void {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!["ENOENT", "ENOTDIR", "EACCES", "EPERM", "ELOOP"].includes(code)) {
      this.#fail(explainLimit(error, shownPath(path)));
    }
  }
}

function namesByFolder(root: string): Map<string, Set<string>> {
  const places = placesOf(root);
  const names = new Map<string, Set<string>>();
  for (const { folder, name } of places) names.set(folder, (names.get(folder) ?? new Set()).add(name));
  if (!mayRead(places.at(-1)?.folder ?? dirname(root))) names.set(root, new Set());
  return names;
}

/** True as well for what is not there, which is told by other means. */
function mayRead(folder: string): boolean {
  try {
    accessSync(exactPath(folder), constants.R_OK);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "EACCES";
  }
}

function identityOf(path: string): string {
  try {
    const { dev, ino } = statSync(exactPath(path));
    return `${dev} ${ino}`;
  } catch {
    return "missing";
  }
}
