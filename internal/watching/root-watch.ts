import { accessSync, constants, type FSWatcher, statSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { countEvent } from "./burst.ts";
import { explainLimit } from "./explain-limit.ts";
import { exactPath, nameOf, shownPath } from "./names.ts";
import { placesOf } from "./root-places.ts";

/** Maximum number of times that the places are resolved again because they changed while watches were set up. */
const MAX_TURNS = 8;

interface Watched {
  readonly watcher: FSWatcher | undefined;
  /** Device and inode: another folder may now be at the same path. */
  readonly identity: string;
}

/**
 * Detects changes that a watch on the root's folder does not report: that a symbolic link in the path has a new
 * target, and that the file behind the links changed. A file in a folder that this user may enter but not read is
 * watched by its inode.
 */
export class RootWatch {
  readonly #root: string;
  readonly #changed: () => void;
  readonly #fail: (error: unknown) => void;
  /** Watched folders and files by path. */
  readonly #watched = new Map<string, Watched>();
  /** Names in each watched folder whose changes matter. Any change of the root itself matters. */
  #names = new Map<string, Set<string>>();
  #known = "";
  #stopped = false;

  /** `changed` is called when the root's path may lead to another file, or that file may have changed. */
  constructor(root: string, changed: () => void, fail: (error: unknown) => void) {
    this.#root = root;
    this.#changed = changed;
    this.#fail = fail;
  }

  /** Whether the path contains symbolic links: a missing root may reappear when a link changes. */
  get goesThroughLinks(): boolean {
    return this.#names.size > (this.#names.has(this.#root) ? 1 : 0);
  }

  /** Resolves the path again and updates the watches. */
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

  /** Undefined when the path cannot be watched: it has disappeared or cannot be read. */
  #watcherOf(path: string): FSWatcher | undefined {
    const own = basename(path);
    try {
      const watcher = watch(exactPath(path), "buffer", (_event, bytes) => {
        countEvent();
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

/** Also true for a missing folder, which is reported elsewhere. */
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
