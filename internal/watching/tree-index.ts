import { basename, dirname, sep } from "node:path";
import type { Entry } from "./entry.ts";
import { entryPath } from "./entry-path.ts";

/**
 * The known state of the watched trees. Each folder has a map of its entries, so that a folder is moved with everything
 * below it in one step. About 150 bytes per path.
 */
export class TreeIndex {
  readonly roots: readonly string[];
  readonly #known = new Map<string, Entry>();

  constructor(roots: readonly string[]) {
    this.roots = roots;
  }

  /** The root at or above a path. */
  rootOf(path: string): string | undefined {
    return this.roots.find((root) => path === root || path.startsWith(root.endsWith(sep) ? root : root + sep));
  }

  get(path: string): Entry | undefined {
    const root = this.rootOf(path);
    if (root === undefined) return undefined;
    let entry = this.#known.get(root);
    for (const name of namesBelow(root, path)) entry = entry?.entries?.get(name);
    return entry;
  }

  /** Adds an entry. Returns false when its folder is not known. */
  set(path: string, entry: Entry): boolean {
    if (this.roots.includes(path)) {
      this.#known.set(path, entry);
      return true;
    }
    const [folder, name] = this.#placeOf(path);
    folder?.set(name, entry);
    return folder !== undefined;
  }

  delete(path: string): void {
    if (this.#known.delete(path)) return;
    const [folder, name] = this.#placeOf(path);
    folder?.delete(name);
  }

  /** All entries, each folder before its own entries. */
  *all(): Generator<[path: string, entry: Entry]> {
    for (const root of this.roots) {
      const entry = this.#known.get(root);
      if (entry !== undefined) yield* withBelow(root, entry);
    }
  }

  #placeOf(path: string): [folder: Map<string, Entry> | undefined, name: string] {
    return [this.get(dirname(path))?.entries, basename(path)];
  }
}

/**
 * An entry and everything below it, each folder before its own entries. Not recursive, so no depth overflows the
 * stack.
 */
export function* withBelow(path: string, entry: Entry): Generator<[path: string, entry: Entry]> {
  const rest: [string, Entry][] = [[path, entry]];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    yield next;
    const [folder, { entries }] = next;
    for (const [name, child] of entries ?? []) rest.push([entryPath(folder, name), child]);
  }
}

function namesBelow(root: string, path: string): readonly string[] {
  if (path.length <= root.length) return [];
  return path.slice(root.endsWith(sep) ? root.length : root.length + 1).split(sep);
}
