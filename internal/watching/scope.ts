import { dirname } from "node:path";
import { entryPath } from "./entry-path.ts";
import { type Ignore, ignoring } from "./ignore.ts";
import { namesIn } from "./names-in.ts";
import type { TreeIndex } from "./tree-index.ts";

export interface ScopeOptions {
  /** Globs. */
  readonly ignore: readonly string[];
  /** Watch only the direct entries of a root. */
  readonly shallow: boolean;
}

export interface TreeOptions extends ScopeOptions {
  /** Absolute paths. With `shallow: false`, none is below another. */
  readonly roots: readonly string[];
  /** Milliseconds. */
  readonly debounce: number;
}

/** Decides which paths below the roots are watched. */
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

  /** The watched paths in a folder. Empty when it does not exist or cannot be read. */
  pathsIn(folder: string): string[] {
    const root = this.#index.rootOf(folder) ?? folder;
    return namesIn(folder)
      .map((name) => entryPath(folder, name))
      .filter((path) => !this.#ignored(root, path));
  }
}

/** The path and its parent folders up to, but without, the root. */
function leadingTo(root: string, path: string): string[] {
  const parts: string[] = [];
  for (let part = path; part.length > root.length; part = dirname(part)) parts.push(part);
  return parts;
}
