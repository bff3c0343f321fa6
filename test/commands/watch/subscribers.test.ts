import { appendFile, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Host } from "../../../internal/base/context.ts";
import { watchTree } from "../../../internal/commands/watch/shared/shared-trees.ts";
import { oneShotHost } from "../../../internal/host/one-shot-host.ts";
import type { Change } from "../../../internal/watching/change.ts";
import { MAX_QUEUED, Subscription } from "../../../internal/watching/subscription.ts";
import { type Scan, WatchedTree } from "../../../internal/watching/watched-tree.ts";
import type { Listener, Watches } from "../../../internal/watching/watches.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();
let host: Host;
beforeEach(() => {
  host = oneShotHost({ root: sandbox.root });
});
afterEach(() => host.tasks.close());

const PLAIN = { ignore: [], shallow: false, debounce: 0 };

/** Watches whose listener is called by the test, and which record the calls that they get. */
class FakeWatches implements Watches {
  readonly ready = Promise.resolve();
  readonly opened: string[] = [];
  stopped = 0;
  listener: Listener | undefined;
  open(folder: string) {
    this.opened.push(folder);
  }
  close() {}
  async stop() {
    this.stopped += 1;
  }
}

const scan: Scan = (args) => host.tasks.run("scan-watched", args);

function fakeTree(): { tree: WatchedTree; watches: FakeWatches } {
  const watches = new FakeWatches();
  const tree = new WatchedTree({ ...PLAIN, roots: [sandbox.root] }, scan, (_roots, _options, listener) => {
    watches.listener = listener;
    return watches;
  });
  return { tree, watches };
}

test("a watch that cannot be opened fails for its subscriber and is closed", async () => {
  const watches = new FakeWatches();
  const refusal = new Error("no watches left");
  const tree = new WatchedTree({ ...PLAIN, roots: [sandbox.root] }, scan, (_roots, _options, listener) => {
    listener.fail(refusal);
    return watches;
  });
  const subscription = new Subscription(tree, { initial: false, signal: new AbortController().signal });
  await expect(subscription.changes().next()).rejects.toBe(refusal);
  await tree.close();
  expect(watches.stopped).toBe(1);
});

/** Returns the next changes, up to and including the first of the given type. */
async function upTo(changes: AsyncIterator<Change>, type: Change["type"]): Promise<Change[]> {
  const taken: Change[] = [];
  for (;;) {
    const { value, done } = await changes.next();
    if (done) throw new Error(`the changes ended after ${JSON.stringify(taken)}`);
    taken.push(value);
    if (value.type === type) return taken;
  }
}

test("a tree closed before it is ready leaves no watch of its symbolic links", async () => {
  const watches = () => process.getActiveResourcesInfo().filter((name) => name === "FSEventWrap").length;
  await mkdir(sandbox.path("real"));
  await symlink("real", sandbox.path("link"));
  const before = watches();
  const roots = [sandbox.path("link")];
  const tree = new WatchedTree({ ...PLAIN, roots }, scan, () => new FakeWatches());
  await tree.close();
  await tree.ready;
  expect(watches()).toBe(before);
});

describe("subscribers", () => {
  test("that join after a symbolic link was replaced get the contents of its new target", async () => {
    for (const release of ["1", "2"]) await mkdir(sandbox.path("releases", release), { recursive: true });
    await writeFile(sandbox.path("releases/2/new"), "");
    await symlink("releases/1", sandbox.path("current"));
    const end = new AbortController();
    const options = { ...PLAIN, paths: [sandbox.path("current")], initial: true, signal: end.signal };
    const first = watchTree(host, options);
    await upTo(first, "ready");
    await symlink("releases/2", sandbox.path("next"));
    await rename(sandbox.path("next"), sandbox.path("current"));
    await upTo(first, "create");
    const second = watchTree(host, options);
    const created = { type: "exists", path: sandbox.path("current/new"), is_dir: false };
    expect(await upTo(second, "ready")).toContainEqual(created);
    await appendFile(sandbox.path("releases/2/new"), "more");
    for (const changes of [first, second]) await upTo(changes, "modify");
    end.abort();
    await Promise.all([first.return(undefined), second.return(undefined)]);
  });

  const never = () => new AbortController().signal;

  test("of the same paths share one watch, which ends with the last of them", async () => {
    const options = { ...PLAIN, paths: [sandbox.root], initial: false };
    const [one, two] = [
      watchTree(host, { ...options, signal: never() }),
      watchTree(host, { ...options, signal: never() }),
    ];
    const before = inotifyWatches();
    await upTo(one, "ready");
    const afterOne = inotifyWatches();
    await upTo(two, "ready");
    expect(inotifyWatches()).toBe(afterOne);
    await one.return(undefined);
    await writeFile(sandbox.path("a"), "");
    expect(await upTo(two, "create")).toMatchObject([{ path: sandbox.path("a") }]);
    await two.return(undefined);
    await setImmediate(); // handles are closed in this turn
    expect(inotifyWatches()).toBe(before);
  });

  test("that are slow delay no others, and get an overflow and the current state when their queue is full", async () => {
    const { tree } = fakeTree();
    const [slow, quick] = [0, 1].map(() => new Subscription(tree, { initial: false, signal: never() }).changes());
    if (slow === undefined || quick === undefined) throw new Error("two were made");
    await Promise.all([upTo(slow, "ready"), upTo(quick, "ready")]);
    const path = sandbox.path("many");
    const tell = (change: Change) => {
      for (const listener of tree.listeners) listener.change(change);
    };
    for (let told = 0; told <= MAX_QUEUED; told++) {
      tell({ type: "modify", path, is_dir: false });
      if (told % 10_000 === 0) await upTo(quick, "modify");
    }
    await writeFile(sandbox.path("there"), "");
    tree.index.set(sandbox.path("there"), { kind: "file", ino: 1, size: 0, mtime: 0, entries: undefined });
    const anew = await upTo(slow, "ready");
    expect(anew).toEqual([
      { type: "overflow", reason: "reader" },
      { type: "exists", path: sandbox.root, is_dir: true },
      { type: "exists", path: sandbox.path("there"), is_dir: false },
      { type: "ready" },
    ]);
    tell({ type: "delete", path, is_dir: false });
    expect(await upTo(slow, "delete")).toHaveLength(1);
    await slow.return(undefined);
    await quick.return(undefined);
    await tree.close();
  });

  test("get no changes for hints about unchanged files", async () => {
    await sandbox.write("a", "one");
    const { tree, watches } = fakeTree();
    const changes = new Subscription(tree, { initial: false, signal: never() }).changes();
    await upTo(changes, "ready");
    for (const path of ["a", "b", "c/d"]) watches.listener?.hint(sandbox.path(path));
    await appendFile(sandbox.path("a"), "two");
    watches.listener?.hint(sandbox.path("a"));
    watches.listener?.hint(sandbox.path("a"));
    await writeFile(sandbox.path("z"), "");
    watches.listener?.hint(sandbox.path("z"));
    expect(await upTo(changes, "create")).toMatchObject([{ type: "modify" }, { path: sandbox.path("z") }]);
    await changes.return(undefined);
    await tree.close();
    expect(watches.stopped).toBe(1);
  });

  test("get the error when watching fails", async () => {
    const { tree, watches } = fakeTree();
    const changes = new Subscription(tree, { initial: false, signal: never() }).changes();
    await upTo(changes, "ready");
    watches.listener?.fail(new Error("no more watches"));
    await expect(changes.next()).rejects.toThrow("no more watches");
    expect(watches.stopped).toBe(1);
  });

  test("of a directory that is deleted with its parent get NOT_FOUND", async () => {
    await mkdir(sandbox.path("parent/watched"), { recursive: true });
    const options = { ...PLAIN, paths: [sandbox.path("parent/watched")], initial: false, signal: never() };
    const changes = watchTree(host, options);
    await upTo(changes, "ready");
    await rm(sandbox.path("parent"), { recursive: true });
    expect(await upTo(changes, "delete")).toHaveLength(1);
    await expect(changes.next()).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("end with their signal while they wait", async () => {
    const ending = new AbortController();
    const changes = watchTree(host, { ...PLAIN, paths: [sandbox.root], initial: false, signal: ending.signal });
    await upTo(changes, "ready");
    const next = changes.next();
    ending.abort();
    expect(await next).toEqual({ value: undefined, done: true });
  });
});

/** The number of inotify watches of this process. */
function inotifyWatches(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === "FSEventWrap").length;
}
