import { AnswerSize } from "../../../files/answer-size.ts";
import { statsJson } from "../../../files/file-stats.ts";
import { SharedText } from "../../../files/shared-text.ts";
import { type Part, type Shared, takenOf } from "../../../files/tree-parts.ts";
import { entriesIn, type Folder, type TreeEntry } from "../../../files/walk.ts";
import { type FolderAt, foldersIn, type Stretch, stretchesOf } from "../shared/stretches.ts";
import { type Contents, inOrder } from "./in-order.ts";

interface Args {
  readonly path: string;
  readonly shared?: Shared<Stretch> | undefined;
  readonly recursive: boolean;
  readonly stats: boolean;
  /** Bytes. */
  readonly maxResult: number;
}

export interface Listing extends Part<Stretch> {
  /** JSON in which every entry is preceded by a comma. */
  readonly bytes: Uint8Array;
  /** The stretches of the first part's bytes that are filled here, and the end of each. */
  readonly filled: readonly { readonly place: number; readonly end: number }[];
  /** End of the first part's last stretch. */
  readonly tail: number;
  /** Approximate size in bytes. */
  readonly size: number;
}

/** Bytes that JSON adds to a name (`"",`), and the usual size of its stats. */
const NAME_BYTES = 3;
const STATS_BYTES = 160;
/**
 * Number of entries in which the first part looks for folders for the others to share. Kept small, because no other
 * task runs meanwhile.
 */
const FIRST = 500;

/**
 * Task: lists a folder, or a part of the tree below it, as JSON sorted by code unit.
 */
export default function listFolder(args: Args): Listing {
  const list = new List(args);
  return args.shared === undefined ? list.first() : list.others(args.shared);
}

class List {
  readonly #args: Args;
  readonly #size: AnswerSize;
  readonly #text = new SharedText();

  constructor(args: Args) {
    this.#args = args;
    this.#size = new AnswerSize("fs.ls", args.path, args.maxResult);
  }

  first(): Listing {
    const { path, recursive } = this.#args;
    const root = { path, relative: "" };
    const known = recursive ? this.#nearest(root) : new Map([[root as Folder, this.#read(root)]]);
    const gaps = this.#list(root, (folder) => known.get(folder) ?? (recursive ? undefined : []));
    const { bytes } = this.#text;
    const rest = stretchesOf(bytes, gaps, path);
    return { bytes, filled: [], tail: gaps.at(-1)?.at ?? 0, size: this.#size.bytes, rest };
  }

  others(shared: Shared<Stretch>): Listing {
    const filled: { place: number; end: number }[] = [];
    for (const [stretch, place] of takenOf(shared)) {
      this.#fill(stretch);
      filled.push({ place, end: this.#text.size });
    }
    return { bytes: this.#text.bytes, filled, tail: 0, size: this.#size.bytes, rest: [] };
  }

  /** Lists the folders nearest to the root. */
  #nearest(root: Folder): Map<Folder, TreeEntry[]> {
    const known = new Map<Folder, TreeEntry[]>();
    const folders = [root];
    let seen = 0;
    for (const folder of folders) {
      if (seen >= FIRST) break;
      const entries = this.#read(folder);
      known.set(folder, entries);
      seen += entries.length;
      for (const entry of entries) if (entry.kind === "folder") folders.push(entry);
    }
    return known;
  }

  #fill(stretch: Stretch): void {
    let from = 0;
    for (const [n, folder] of foldersIn(stretch, this.#args.path).entries()) {
      this.#text.addBytes(stretch.bytes.subarray(from, stretch.gaps[n]));
      this.#list(folder, (inner) => this.#read(inner));
      from = stretch.gaps[n] as number;
    }
  }

  #read(folder: Folder): TreeEntry[] {
    const { stats, shared } = this.#args;
    const isLargeTree = shared !== undefined;
    const entries = entriesIn(folder, stats && isLargeTree);
    for (const { relative } of entries) {
      this.#size.add(Buffer.byteLength(relative) + NAME_BYTES + (stats ? STATS_BYTES : 0));
    }
    return entries;
  }

  #list(root: Folder, contents: Contents): FolderAt[] {
    const gaps: FolderAt[] = [];
    for (const entry of inOrder(root, contents)) {
      if (entry.kind === "gap") gaps.push({ at: this.#text.size, folder: entry.folder });
      else if (!this.#args.stats) this.#text.add(`,${JSON.stringify(entry.relative)}`);
      else this.#addWithStats(entry);
    }
    return gaps;
  }

  /** Skips an entry that has vanished since it was listed. */
  #addWithStats(entry: TreeEntry): void {
    const stats = entry.stats();
    if (stats !== undefined) this.#text.add(`,[${JSON.stringify(entry.relative)},${statsJson(stats)}]`);
  }
}
