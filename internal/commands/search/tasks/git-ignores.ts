import { existsSync, lstatSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import ignore, { type Ignore } from "ignore";
import type { ExactPath, TreeEntry } from "../../../files/walk.ts";

/**
 * As git's core.ignoreCase is set by `git init` on the file systems that are usual there: rules are case-sensitive on
 * Linux, and not on macOS and Windows. (The library's default is that case never counts.)
 */
const ignorecase = process.platform === "darwin" || process.platform === "win32";

/** The rules of one .gitignore file. Folder and rules are bytes as text. */
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
  admits({ kind, path, relative: below }: TreeEntry): boolean {
    if (below === ".git" || below.endsWith(`${sep}.git`)) return false;
    const exact = bytesAsText(path);
    for (const rules of this.#rulesFor(dirname(below))) {
      const name = relative(rules.folder, exact).replaceAll(sep, "/");
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
  const rules = readFileSync(path, "latin1");
  const text = rules.startsWith(BYTE_ORDER_MARK) ? rules.slice(BYTE_ORDER_MARK.length) : rules;
  return [{ folder: bytesAsText(folder), ignore: ignore({ ignorecase }).add(text) }];
}

/** Its three bytes in UTF-8. */
const BYTE_ORDER_MARK = "\xEF\xBB\xBF";

/** A character for each byte: git's `?` and `[^a]` match one byte, not one character. */
function bytesAsText(path: ExactPath): string {
  return Buffer.from(path as string).toString("latin1");
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
