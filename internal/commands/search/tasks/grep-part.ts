import { closeSync, constants, openSync, statSync } from "node:fs";
import { AnswerSize } from "../../../files/answer-size.ts";
import { openForReadingSync, READ_FLAGS } from "../../../files/open-for-reading.ts";
import { entriesOfPart, type Part, type PartArgs } from "../../../files/tree-parts.ts";
import { type Folder, isGone, type TreeEntry } from "../../../files/walk.ts";
import type { Report } from "../../../work/report.ts";
import { GitIgnores } from "./git-ignores.ts";
import { grepFile, type Match } from "./grep-file.ts";
import { type LineMatcher, type LinePattern, lineMatcher } from "./line-matcher.ts";

export interface GrepArgs extends PartArgs, LinePattern {
  readonly context: number;
  readonly limit: number;
  readonly gitignore: boolean;
  /** No .gitignore file above this folder is read. */
  readonly ceiling: string | undefined;
  /** Bytes. */
  readonly maxResult: number;
}

interface FileMatches {
  /** Path relative to the folder; empty if the search path itself is a file. */
  readonly relative: string;
  readonly matches: readonly Match[];
}

interface Found extends Part {
  readonly files: readonly FileMatches[];
  /** Approximate size in the answer. */
  readonly bytes: number;
  /** Number of files searched. */
  readonly searched: number;
}

/** Number of entries that one thread searches in 10 ms. */
const FIRST = 1_500;
/** Bytes that JSON adds to a row: field names and line number. */
const ROW_BYTES = 60;

/** Task: finds the matching lines in a part of a tree, or in one file. Must be run with a time limit. */
export default function grepPart(args: GrepArgs, report: Report = () => {}): Found {
  const search = new Search(args);
  const rest: Folder[] = [];
  if (args.shared === undefined && !statSync(args.path).isDirectory()) {
    search.searchOpen(openForReadingSync(args.path, "search.grep"), "");
    return search.found(rest);
  }
  const ignores = args.gitignore ? new GitIgnores(args.path, args.ceiling) : undefined;
  const admits = ignores && ((entry: TreeEntry) => ignores.admits(entry));
  for (const entry of entriesOfPart(args, rest, { admits, first: FIRST })) {
    if (entry.kind !== "file") continue;
    const fd = openEntry(entry);
    if (fd === undefined) continue;
    search.searchOpen(fd, entry.relative);
    report({ done: search.searched, unit: "files", item: entry.relative });
    if (search.isOver) return search.found([]);
  }
  return search.found(rest);
}

class Search {
  readonly #args: GrepArgs;
  readonly #matcher: LineMatcher;
  readonly #size: AnswerSize;
  readonly #files: FileMatches[] = [];
  #searched = 0;
  #left: number;

  constructor(args: GrepArgs) {
    this.#args = args;
    this.#matcher = lineMatcher(args);
    this.#size = new AnswerSize("search.grep", args.path, args.maxResult);
    this.#left = args.limit;
  }

  get isOver(): boolean {
    return this.#left === 0;
  }

  get searched(): number {
    return this.#searched;
  }

  /** Searches an open file and closes it. */
  searchOpen(fd: number, relative: string): void {
    this.#searched++;
    try {
      const matches = grepFile(fd, this.#matcher, this.#args.context, this.#left);
      if (matches.length === 0) return;
      this.#left -= matches.length;
      this.#files.push({ relative, matches });
      for (const match of matches) this.#size.add(bytesOf(match, relative));
    } finally {
      closeSync(fd);
    }
  }

  found(rest: readonly Folder[]): Found {
    return { files: this.#files, bytes: this.#size.bytes, searched: this.#searched, rest };
  }
}

function bytesOf({ content, before = [], after = [] }: Match, relative: string): number {
  return [content, ...before, ...after].reduce(
    (sum, text) => sum + Buffer.byteLength(text),
    relative.length + ROW_BYTES,
  );
}

/** Opens a file. Undefined when it has vanished or is now a symbolic link. */
function openEntry({ path }: TreeEntry): number | undefined {
  try {
    return openSync(path, READ_FLAGS | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    if (isGone(error) || (error as NodeJS.ErrnoException).code === "ELOOP") return undefined;
    throw error;
  }
}
