import { ls } from "../../protocol/commands/fs-read.ts";
import { handle } from "../handler.ts";
import { type FileStats, PACKED, unpackStats } from "./file-stats.ts";

type Pair = [name: string, stats: FileStats];

export default handle(ls, async ({ path, stats, recursive }, { host, signal }) => {
  const { maxResult } = host;
  const listing = await host.tasks.run("list-folder", { path, recursive, stats, maxResult }, { signal });
  const names = listing.names.split("\0").slice(0, -1);
  return stats ? names.map((name, index): Pair => [name, unpackStats(listing.stats, index * PACKED)]) : names;
});
