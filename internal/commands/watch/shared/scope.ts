import { dirname } from "node:path";
import { entryPath } from "./entry-path.ts";
import { type Ignore, ignoring } from "./ignore.ts";
import { namesIn } from "./names-in.ts";
import type { TreeIndex } from "./tree-index.ts";

export interface ScopeOptions {
  /** Globs. */
  readonly ignore: readonly string[];
  /** Only what is directly in a root. */
  readonly shallow: boolean;
}

export interface TreeOptions extends ScopeOptions {
  /** Absolute, none below another. */
  readonly roots: readonly string[];
  /** Milliseconds. */
  readonly debounce: number;
}

/** What of the roots is watched. */
export class Scope {
  readonly #index: TreeIndex;
  readonly #shallow: boolean;
  readonly #ignores: boolean;
  readonly #ignored: Ignore;

  constructor(index: TreeIndex, { ignore, shallow }: ScopeOptions) {
    this.#index = index;
    this.#shallow = shallow;
    this.#ignores = ignore.length > 0;
    this.#ignored = ignoring(ignore);
  }

  has(path: string): boolean {
    const root = this.#index.rootOf(path);
    if (root === undefined) return false;
    if (path === root) return true;
    if (this.#shallow && dirname(path) !== root) return false;
    return !this.#ignores || !leadingTo(root, path).some((part) => this.#ignored(root, part));
  }

  hasEntriesOf(folder: string): boolean {
    return !this.#shallow || this.#index.rootOf(folder) === folder;
  }

  /** The paths in a folder; none when it is gone or may not be read. */
  pathsIn(folder: string): string[] {
    const root = this.#index.rootOf(folder) ?? folder;
    return namesIn(folder)
      .map((name) => entryPath(folder, name))
      .filter((path) => !this.#ignored(root, path));
  }
}

/** The path and the folders above it that are below the root. */
function leadingTo(root: string, path: string): string[] {
  const parts: string[] = [];
  for (let part = path; part.length > root.length; part = dirname(part)) parts.push(part);
  return parts;
}
