import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Client, connect } from "../../clients/typescript/index.ts";
import type { Service } from "../../internal/host/service.ts";
import type { Change } from "../../internal/watching/change.ts";
import { chokidarWatches } from "../../internal/watching/chokidar-watches.ts";
import scanWatched from "../../internal/watching/scan-watched.ts";
import { Subscription } from "../../internal/watching/subscription.ts";
import { WatchedTree } from "../../internal/watching/watched-tree.ts";
import { useSandbox } from "../support/sandbox.ts";
import { startTestService } from "../support/service.ts";
import { runScript, type WatchWords } from "./run-script.ts";
import { scripts } from "./script.ts";

const all = await scripts();
const sandbox = useSandbox();

describe("watch scripts over a socket", () => {
  let service: Service;
  let client: Client;
  beforeAll(async () => {
    service = await startTestService();
    client = await connect({ socket: service.socket });
  });
  afterAll(async () => {
    client.close();
    service.stop(true);
    await service.ended;
  });

  test.each(all.map((script) => [script.name, script] as const))("%s", async (_name, script) => {
    const watch = (options: WatchWords) =>
      client.watch.files({
        ...options,
        paths: [...options.paths],
        ignore: [...options.ignore],
      }) as AsyncIterable<Change>;
    expect(await runScript(script, sandbox, watch)).toEqual(script.expected);
  });
});

/**
 * Not run with chokidar. A single file has a watcher of its own, so its changes arrive later than the marker files of
 * the script. And on Linux chokidar uses Node's emulation of recursive watching, which throws or loses track of a
 * directory that is replaced within one turn of the event loop; chokidar is used in production only on other
 * platforms.
 */
const ELSEWHERE = ["a file", "a file takes a folders place", "folder made anew"];

describe("watch scripts with chokidar, as on other platforms", () => {
  const sameHere = all.filter(({ name }) => !ELSEWHERE.includes(name));
  test.each(sameHere.map((script) => [script.name, script] as const))("%s", async (_name, script) => {
    const watch = ({ paths, initial, ...options }: WatchWords) => {
      const tree = new WatchedTree({ ...options, roots: paths }, async (args) => scanWatched(args), chokidarWatches);
      return closing(tree, new Subscription(tree, { initial, signal: new AbortController().signal }));
    };
    expect(await runScript(script, sandbox, watch)).toEqual(script.expected);
  });
});

async function* closing(tree: WatchedTree, subscription: Subscription): AsyncGenerator<Change> {
  try {
    yield* subscription.changes();
  } finally {
    await tree.close();
  }
}
