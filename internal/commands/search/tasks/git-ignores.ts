import { existsSync, lstatSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import ignore, { type Ignore } from "ignore";
import type { ExactPath, TreeEntry } from "../../../files/walk.ts";

/**
 * Matches the default that `git init` sets for core.ignoreCase on each platform's usual file system: rules are
 * case-sensitive on Linux, but not on macOS and Windows. (The library's default is case-insensitive.)
 */
const ignorecase = process.platform === "darwin" || process.platform === "win32";

/** The rules of one .gitignore file. Paths and rules are bytes as Latin-1 text. */
interface Rules {
  readonly folder: string;
  readonly ignore: Ignore;
}

/**
 * Tells which entries below a folder git would ignore, by the .gitignore files (https://git-scm.com/docs/gitignore) in
 * it and in its parents, up to the top of its repository and no further than `ceiling`.
 */
export class GitIgnores {
  readonly #root: string;
  /** Rules that apply in a folder, the nearest first, by the folder's path relative to the root. */
  readonly #byFolder = new Map<string, readonly Rules[]>();

  constructor(root: string, ceiling?: string) {
    this.#root = root;
    this.#byFolder.set("", [...rulesIn(root), ...rulesAbove(root, ceiling)]);
  }

  /** Returns whether an entry is not ignored. Its folder must not be ignored. */
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
  if (!lstatSync(path, { throwIfNoEntry: false })?.isFile()) return []; // git does not follow symbolic links here either
  const rules = readFileSync(path, "latin1");
  const text = rules.startsWith(BYTE_ORDER_MARK) ? rules.slice(BYTE_ORDER_MARK.length) : rules;
  return [{ folder: bytesAsText(folder), ignore: ignore({ ignorecase }).add(text) }];
}

/** The byte order mark as UTF-8 bytes. */
const BYTE_ORDER_MARK = "\xEF\xBB\xBF";

/** One character per byte: git's `?` and `[^a]` match one byte, not one character. */
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
