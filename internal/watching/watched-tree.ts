import { basename, dirname } from "node:path";
import { setImmediate } from "node:timers/promises";
import { startTimer } from "../../protocol/timers.ts";
import { afterBursts } from "./burst.ts";
import { type Change, change, type TreeListener } from "./change.ts";
import { type Entry, isSame, look } from "./entry.ts";
import { entryPath } from "./entry-path.ts";
import { type Hint, Hints } from "./hints.ts";
import { missing } from "./missing.ts";
import { differences } from "./rescan.ts";
import { RootWatch } from "./root-watch.ts";
import type { ScanArgs, ScannedFolder } from "./scan-watched.ts";
import { Scope, type TreeOptions } from "./scope.ts";
import { judge, type Verdict } from "./settled.ts";
import { slices } from "./slices.ts";
import { TreeIndex, withBelow } from "./tree-index.ts";
import type { OpenWatches, Watches } from "./watches.ts";

/** Lists the watched folders. In a service, this runs in a thread. */
export type Scan = (args: ScanArgs) => Promise<readonly ScannedFolder[]>;

/**
 * Watched files and folders. An event of the operating system only says which path to inspect; a change is a difference
 * between the index and what is found there. So repeated events for a path do not report a change twice, and changes
 * whose events were lost are found by comparing the whole tree.
 */
export class WatchedTree {
  readonly index: TreeIndex;
  /** Resolves when the index is complete and all changes are detected from then on. Rejects when a root is missing. */
  readonly ready: Promise<void>;
  readonly listeners = new Set<TreeListener>();
  readonly #options: TreeOptions;
  readonly #scan: Scan;
  readonly #scope: Scope;
  readonly #hints: Hints;
  readonly #watches: Watches | undefined;
  readonly #rootWatches: ReadonlyMap<string, RootWatch>;
  readonly #endBursts: () => void;
  #running = true; // until the index is complete
  #comparing = false;
  #overflowSent = true;
  #closed = false;
  /** An error while the first watches were being opened, before there are listeners. */
  #failedEarly: { readonly error: unknown } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: TreeOptions, scan: Scan, openWatches: OpenWatches) {
    this.#options = options;
    this.#scan = scan;
    this.#hints = new Hints(options.debounce);
    this.index = new TreeIndex(options.roots);
    this.#scope = new Scope(this.index, options);
    this.#rootWatches = new Map(options.roots.map((root) => [root, this.#rootWatch(root)]));
    this.#watches = openWatches(options.roots, options, {
      hint: (path) => this.#hint(path),
      lost: (folder) => this.#lost(folder),
      fail: (error) => this.#fail(error),
    });
    this.#endBursts = afterBursts(() => void this.#compare());
    this.ready = this.#begin();
    this.ready.catch(() => {});
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#endBursts();
    for (const watch of this.#rootWatches.values()) watch.stop();
    await this.#watches?.stop();
  }

  #rootWatch(root: string): RootWatch {
    return new RootWatch(
      root,
      () => this.#hint(root),
      (error) => this.#fail(error),
    );
  }

  async #begin(): Promise<void> {
    await this.#watches?.ready;
    if (this.#failedEarly !== undefined) throw this.#failedEarly.error;
    for (const root of this.index.roots) {
      this.#rootWatches.get(root)?.follow();
      const entry = look(root, true);
      if (entry === undefined) throw missing(root);
      await this.#fill(root, entry);
    }
    this.#running = false;
    this.#wake();
  }

  /**
   * Adds existing entries to the index without reporting them. A folder is watched before it is listed, so no change
   * is lost.
   */
  async #fill(root: string, entry: Entry): Promise<void> {
    const giveWay = slices();
    this.index.set(root, entry);
    // `entries` is filled during the walk: a folder is listed when the walk reaches it.
    for (const [path, { entries }] of withBelow(root, entry)) {
      if (entries === undefined || this.#closed) continue;
      for (const child of this.#list(path)) {
        const found = look(child, false);
        if (found !== undefined) entries.set(basename(child), found);
        await giveWay();
      }
    }
  }

  /** Watches a folder and returns the paths in it. */
  #list(folder: string): string[] {
    if (!this.#scope.hasEntriesOf(folder)) return [];
    this.#watches?.open(folder);
    return this.#scope.pathsIn(folder);
  }

  #hint(path: string, kind: { suspected?: boolean; lost?: boolean } = {}): void {
    if (this.#closed || !this.#scope.has(path)) return;
    this.#hints.add(path, kind);
    this.#wake();
  }

  #lost(folder: string): void {
    this.#watches?.close(folder);
    if (this.index.get(folder)?.entries !== undefined) this.#hint(folder, { lost: true });
    for (const root of this.index.roots) {
      if (dirname(root) !== folder) continue;
      if (this.index.get(root) !== undefined) this.#hint(root);
      else this.#failIfLost(root);
    }
  }

  #wake(): void {
    if (this.#running || this.#closed) return;
    clearTimeout(this.#timer);
    this.#running = true;
    void this.#work().catch((error) => this.#fail(error));
  }

  async #work(): Promise<void> {
    await setImmediate();
    const giveWay = slices();
    while (!this.#closed) {
      const next = this.#hints.takeFresh();
      if (next !== undefined) {
        this.#lookAt(...next);
        await giveWay();
        continue;
      }
      const settled = this.#hints.takeSettled();
      if (settled.length === 0) break;
      for (const verdict of await judge(settled, this.index)) {
        this.#execute(verdict);
        await giveWay();
      }
    }
    this.#running = false;
    const due = this.#hints.nextDue();
    if (due !== undefined && !this.#closed) this.#timer = startTimer(() => this.#wake(), Math.ceil(due));
  }

  /**
   * A content change is reported at once. Created and deleted paths are delayed: they may be half of a save or a
   * rename.
   */
  #lookAt(path: string, hint: Hint): void {
    const before = this.index.get(path);
    const rootWatch = this.#rootWatches.get(path);
    const isRoot = rootWatch !== undefined;
    rootWatch?.follow();
    const now = look(path, isRoot);
    if (before === undefined && now === undefined) {
      if (isRoot) this.#failIfLost(path);
      return;
    }
    if (now !== undefined && before !== undefined && isSame(before, now) && !hint.lost) {
      if (this.#hints.isSettling(path)) this.#hintBelow(path, now, hint.at);
      return;
    }
    const isPlainChange =
      now?.kind === "file" && before?.kind === "file" && now.size > 0 && this.#options.debounce === 0;
    if (isPlainChange && now !== undefined) {
      this.#execute({ kind: "changed", path, before: before as Entry, now, hint });
      return;
    }
    if (before === undefined && !isRoot) {
      const folder = dirname(path);
      if (this.index.get(folder) === undefined && !this.#hints.isSettling(folder)) this.#lookAt(folder, hint);
    }
    this.#hints.settle(path, hint);
    if (now !== undefined) this.#hintBelow(path, now, hint.at);
  }

  #hintBelow(path: string, { kind }: Entry, at = performance.now()): void {
    if (kind === "folder") for (const child of this.#list(path)) this.#hints.addFound(child, at);
  }

  #execute(verdict: Verdict): void {
    const { path, hint } = verdict;
    if (hint.suspected && !this.#overflowSent) {
      this.#overflowSent = true;
      this.#emit({ type: "overflow", reason: "system" });
    }
    if (verdict.kind === "deleted") this.#remove(path);
    else if (verdict.kind === "changed") this.#replace(verdict);
    else if (verdict.from === undefined || this.index.get(verdict.from) === undefined) this.#create(path, verdict.now);
    else this.#rename(verdict.from, path);
  }

  #create(path: string, entry: Entry): void {
    if (this.index.get(path) !== undefined || !this.index.set(path, entry)) return;
    this.#emit(change("create", path, entry));
    this.#hintBelow(path, entry);
  }

  #remove(path: string): void {
    const entry = this.index.get(path);
    if (entry === undefined) return;
    for (const [below, gone] of [...withBelow(path, entry)].reverse()) {
      if (gone.kind === "folder") this.#watches?.close(below);
      this.#emit(change("delete", below, gone));
    }
    this.index.delete(path);
    if (this.#rootWatches.has(path)) this.#failIfLost(path);
  }

  /** If the folder of a root is deleted too, no event reports the root's return, except through a link in its path. */
  #failIfLost(root: string): void {
    if (this.#rootWatches.get(root)?.goesThroughLinks) return;
    if (look(dirname(root), true) === undefined) this.#fail(missing(root));
  }

  #replace({ path, before, now }: Verdict & { kind: "changed" }): void {
    if (before.kind !== now.kind) {
      this.#remove(path);
      this.#create(path, now);
    } else if (now.kind === "folder") {
      if (before.ino !== now.ino) this.#takeOver(path, before, now);
      this.#relist(path, before);
    } else {
      this.index.set(path, now);
      this.#emit(change("modify", path, now));
    }
  }

  /** A folder was replaced by another one, or a link has a new target: only the differences are reported. */
  #takeOver(path: string, { entries }: Entry, now: Entry): void {
    this.#watches?.close(path);
    this.index.set(path, { ...now, entries });
  }

  #rename(from: string, path: string): void {
    const entry = this.index.get(from);
    if (entry === undefined || !this.index.set(path, entry)) return;
    this.index.delete(from);
    this.#emit({ type: "rename", path, from, is_dir: entry.kind === "folder" });
    for (const [below, { kind }] of withBelow(from, entry)) if (kind === "folder") this.#watches?.close(below);
    for (const [below, folder] of withBelow(path, entry)) if (folder.kind === "folder") this.#relist(below, folder);
  }

  #relist(folder: string, { entries }: Entry): void {
    for (const path of this.#list(folder)) this.#hint(path);
    for (const name of entries?.keys() ?? []) this.#hint(entryPath(folder, name));
  }

  /** After a burst: inspects every path that differs from the index. */
  async #compare(): Promise<void> {
    if (this.#comparing || this.#closed) return;
    this.#comparing = true;
    try {
      const { roots, ignore, shallow } = this.#options;
      const tree = await this.#scan({ roots, ignore, shallow });
      this.#overflowSent = false;
      for await (const path of differences(tree, this.index)) this.#hint(path, { suspected: true });
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#comparing = false;
    }
  }

  #emit(change: Change): void {
    for (const listener of this.listeners) listener.change(change);
  }

  #fail(error: unknown): void {
    if (this.#closed) return;
    if (this.#watches === undefined) {
      this.#failedEarly ??= { error };
      return;
    }
    void this.close();
    for (const listener of this.listeners) listener.fail(error);
  }
}
