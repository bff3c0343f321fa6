import { basename, dirname } from "node:path";
import { setImmediate } from "node:timers/promises";
import { startTimer } from "../../../../protocol/timers.ts";
import type { TaskRunner } from "../../../base/task-runner.ts";
import { afterBursts } from "./burst.ts";
import { type Change, change, type TreeListener } from "./change.ts";
import { type Entry, isSame, look } from "./entry.ts";
import { entryPath } from "./entry-path.ts";
import { type Hint, Hints } from "./hints.ts";
import { missing } from "./missing.ts";
import { differences } from "./rescan.ts";
import { RootWatch } from "./root-watch.ts";
import { Scope, type TreeOptions } from "./scope.ts";
import { judge, type Verdict } from "./settled.ts";
import { slices } from "./slices.ts";
import { TreeIndex, withBelow } from "./tree-index.ts";
import type { OpenWatches, Watches } from "./watches.ts";

/**
 * Watched files and folders. The index of what is known is the truth: whatever is heard only says where to look, and what
 * is found there beside what was known is the change. So nothing is told twice, however often it is heard of, and what
 * was not heard of is found by comparing the tree.
 */
export class WatchedTree {
  readonly index: TreeIndex;
  /** Resolves when all is known and no change goes by unheard; fails when a root is missing. */
  readonly ready: Promise<void>;
  readonly listeners = new Set<TreeListener>();
  readonly #options: TreeOptions;
  readonly #tasks: TaskRunner;
  readonly #scope: Scope;
  readonly #hints: Hints;
  readonly #watches: Watches | undefined;
  readonly #rootWatches: ReadonlyMap<string, RootWatch>;
  readonly #endBursts: () => void;
  #running = true; // until all is known
  #comparing = false;
  #toldOverflow = true;
  #closed = false;
  /** Why it failed before there was anybody to tell: while the first watches were being opened. */
  #failedEarly: { readonly error: unknown } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: TreeOptions, tasks: TaskRunner, openWatches: OpenWatches) {
    this.#options = options;
    this.#tasks = tasks;
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

  /** Takes in what there is without a word. A folder is listened to before it is listed, so nothing falls between. */
  async #fill(root: string, entry: Entry): Promise<void> {
    const giveWay = slices();
    this.index.set(root, entry);
    // What the walk is given is filled while it goes on: a folder is listed when its turn comes.
    for (const [path, { entries }] of withBelow(root, entry)) {
      if (entries === undefined || this.#closed) continue;
      for (const child of this.#list(path)) {
        const found = look(child, false);
        if (found !== undefined) entries.set(basename(child), found);
        await giveWay();
      }
    }
  }

  /** Listens to a folder and gives the paths in it. */
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

  /** A change of contents is told at once; what comes and goes has to settle, for it may be half of a save or a rename. */
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
      if (this.#hints.isSettling(path)) this.#hintBelow(path, now);
      return;
    }
    const isPlainChange =
      now?.kind === "file" && before?.kind === "file" && now.size > 0 && this.#options.debounce === 0;
    if (isPlainChange && now !== undefined) {
      this.#execute({ kind: "other", path, before: before as Entry, now, hint });
      return;
    }
    if (before === undefined && !isRoot) {
      const folder = dirname(path);
      if (this.index.get(folder) === undefined && !this.#hints.isSettling(folder)) this.#lookAt(folder, hint);
    }
    this.#hints.settle(path, hint);
    if (now !== undefined) this.#hintBelow(path, now);
  }

  #hintBelow(path: string, { kind }: Entry): void {
    if (kind === "folder") for (const child of this.#list(path)) this.#hints.add(child);
  }

  #execute(verdict: Verdict): void {
    const { path, hint } = verdict;
    if (hint.suspected && !this.#toldOverflow) {
      this.#toldOverflow = true;
      this.#tell({ type: "overflow", reason: "system" });
    }
    if (verdict.kind === "gone") this.#remove(path);
    else if (verdict.kind === "other") this.#replace(verdict);
    else if (verdict.from === undefined || this.index.get(verdict.from) === undefined) this.#create(path, verdict.now);
    else this.#rename(verdict.from, path);
  }

  #create(path: string, entry: Entry): void {
    if (this.index.get(path) !== undefined || !this.index.set(path, entry)) return;
    this.#tell(change("create", path, entry));
    this.#hintBelow(path, entry);
  }

  #remove(path: string): void {
    const entry = this.index.get(path);
    if (entry === undefined) return;
    for (const [below, gone] of [...withBelow(path, entry)].reverse()) {
      if (gone.kind === "folder") this.#watches?.close(below);
      this.#tell(change("delete", below, gone));
    }
    this.index.delete(path);
    if (this.#rootWatches.has(path)) this.#failIfLost(path);
  }

  /** Nothing tells when a root comes back whose folder is gone, unless it is a link that has nowhere to lead. */
  #failIfLost(root: string): void {
    if (this.#rootWatches.get(root)?.goesThroughLinks) return;
    if (look(dirname(root), true) === undefined) this.#fail(missing(root));
  }

  #replace({ path, before, now }: Verdict & { kind: "other" }): void {
    if (before.kind !== now.kind) {
      this.#remove(path);
      this.#create(path, now);
    } else if (now.kind === "folder") {
      if (before.ino !== now.ino) this.#takeOver(path, before, now);
      this.#listAnew(path, before);
    } else {
      this.index.set(path, now);
      this.#tell(change("modify", path, now));
    }
  }

  /** Another folder in a folder's place, or another one that a link leads to: what differs in it is told. */
  #takeOver(path: string, { entries }: Entry, now: Entry): void {
    this.#watches?.close(path);
    this.index.set(path, { ...now, entries });
  }

  #rename(from: string, path: string): void {
    const entry = this.index.get(from);
    if (entry === undefined || !this.index.set(path, entry)) return;
    this.index.delete(from);
    this.#tell({ type: "rename", path, from, is_dir: entry.kind === "folder" });
    for (const [below, { kind }] of withBelow(from, entry)) if (kind === "folder") this.#watches?.close(below);
    for (const [below, folder] of withBelow(path, entry)) if (folder.kind === "folder") this.#listAnew(below, folder);
  }

  #listAnew(folder: string, { entries }: Entry): void {
    for (const path of this.#list(folder)) this.#hint(path);
    for (const name of entries?.keys() ?? []) this.#hint(entryPath(folder, name));
  }

  /** After a burst: whatever is not as it is known is looked at. */
  async #compare(): Promise<void> {
    if (this.#comparing || this.#closed) return;
    this.#comparing = true;
    try {
      const { roots, ignore, shallow } = this.#options;
      const tree = await this.#tasks.run("scan-watched", { roots, ignore, shallow });
      this.#toldOverflow = false;
      for await (const path of differences(tree, this.index)) this.#hint(path, { suspected: true });
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#comparing = false;
    }
  }

  #tell(change: Change): void {
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
