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
  /** The folder above which no .gitignore is read. */
  readonly ceiling: string | undefined;
  /** Bytes. */
  readonly maxResult: number;
}

interface FileMatches {
  /** From the folder; empty for the path itself when it is a file. */
  readonly relative: string;
  readonly matches: readonly Match[];
}

interface Found extends Part {
  readonly files: readonly FileMatches[];
  /** What they take in the answer, about. */
  readonly bytes: number;
  /** How many files were searched. */
  readonly searched: number;
}

/** Entries that one thread searches in 10 ms. */
const FIRST = 1_500;
/** As JSON: the names of a row's fields, and its number. */
const ROW_BYTES = 60;

/** Task: the matching lines of a part of a tree, or of one file. To be run with a time limit. */
export default function grepPart(args: GrepArgs, report: Report = () => {}): Found {
  const search = new Search(args);
  const rest: Folder[] = [];
  if (args.shared === undefined && !statSync(args.path).isDirectory()) {
    search.inOpen(openForReadingSync(args.path, "search.grep"), "");
    return search.found(rest);
  }
  const ignores = args.gitignore ? new GitIgnores(args.path, args.ceiling) : undefined;
  const admits = ignores && ((entry: TreeEntry) => ignores.admits(entry));
  for (const entry of entriesOfPart(args, rest, { admits, first: FIRST })) {
    if (entry.kind !== "file") continue;
    const fd = openEntry(entry);
    if (fd === undefined) continue;
    search.inOpen(fd, entry.relative);
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

  /** Searches an open file, and closes it. */
  inOpen(fd: number, relative: string): void {
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

/** Undefined when it has vanished, or has become a link. */
function openEntry({ path }: TreeEntry): number | undefined {
  try {
    return openSync(path, READ_FLAGS | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    if (isGone(error) || (error as NodeJS.ErrnoException).code === "ELOOP") return undefined;
    throw error;
  }
}
