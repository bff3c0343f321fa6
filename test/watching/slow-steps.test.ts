import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { folderWatches } from "../../internal/watching/folder-watches.ts";
import scanWatched from "../../internal/watching/scan-watched.ts";
import { Subscription } from "../../internal/watching/subscription.ts";
import { WatchedTree } from "../../internal/watching/watched-tree.ts";
import { useSandbox } from "../support/sandbox.ts";
import { runScript, type WatchWords } from "./run-script.ts";
import { scripts } from "./script.ts";

const all = await scripts();
const sandbox = useSandbox();

/** On a busy machine, time passes between any two steps of the watch. */
describe.each([1, 2, 5, 12])("watch scripts while each step takes %s ms", (step) => {
  beforeEach(() => {
    const real = performance.now.bind(performance);
    let calls = 0;
    vi.spyOn(performance, "now").mockImplementation(() => real() + step * calls++);
  });
  afterEach(() => void vi.restoreAllMocks());

  test.each(all.map((script) => [script.name, script] as const))("%s", async (_name, script) => {
    const watch = async function* ({ paths, initial, ...options }: WatchWords) {
      const tree = new WatchedTree({ ...options, roots: paths }, async (args) => scanWatched(args), folderWatches);
      try {
        yield* new Subscription(tree, { initial, signal: new AbortController().signal }).changes();
      } finally {
        await tree.close();
      }
    };
    expect(await runScript(script, sandbox, watch)).toEqual(script.expected);
  });
});
