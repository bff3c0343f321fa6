import { existsSync, lstatSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import ignore, { type Ignore } from "ignore";
import type { TreeEntry } from "../files/walk.ts";

/** The rules of one .gitignore file. */
interface Rules {
  readonly folder: string;
  readonly ignore: Ignore;
}

/**
 * What git would leave out below a folder, by the .gitignore files (https://git-scm.com/docs/gitignore) there and above
 * it, up to the top of its repository and no further than `ceiling`.
 */
export class GitIgnores {
  readonly #root: string;
  /** Rules for what is in a folder, the nearest first, by the folder's path from the root. */
  readonly #byFolder = new Map<string, readonly Rules[]>();

  constructor(root: string, ceiling?: string) {
    this.#root = root;
    this.#byFolder.set("", [...rulesIn(root), ...rulesAbove(root, ceiling)]);
  }

  /** An entry whose folder is not ignored itself. */
  admits({ kind, relative: below }: TreeEntry): boolean {
    if (below === ".git" || below.endsWith(`${sep}.git`)) return false;
    const path = join(this.#root, below);
    for (const rules of this.#rulesFor(dirname(below))) {
      const name = relative(rules.folder, path).replaceAll(sep, "/");
      const { ignored, unignored } = rules.ignore.test(kind === "folder" ? `${name}/` : name);
      if (ignored || unignored) return unignored;
    }
    return true;
  }

  #rulesFor(folder: string): readonly Rules[] {
    const key = folder === "." ? "" : folder;
    const known = this.#byFolder.get(key);
    if (known !== undefined) return known;
    const rules = [...rulesIn(join(this.#root, key)), ...this.#rulesFor(dirname(key))];
    this.#byFolder.set(key, rules);
    return rules;
  }
}

function rulesIn(folder: string): Rules[] {
  const path = join(folder, ".gitignore");
  if (!lstatSync(path, { throwIfNoEntry: false })?.isFile()) return []; // git follows no link there, either
  return [{ folder, ignore: ignore().add(readFileSync(path, "utf8")) }];
}

function rulesAbove(folder: string, ceiling: string | undefined): Rules[] {
  const above: Rules[] = [];
  const top = ceiling === undefined ? undefined : realpathSync(ceiling);
  let current = folder;
  while (!existsSync(join(current, ".git"))) {
    const parent = dirname(current);
    if (parent === current || current === top) return [];
    above.push(...rulesIn(parent));
    current = parent;
  }
  return above;
}
