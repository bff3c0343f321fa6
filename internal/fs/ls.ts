import { ls } from "../../protocol/commands/fs-read.ts";
import { AnswerSize } from "../files/answer-size.ts";
import { byCodeUnit } from "../files/by-code-unit.ts";
import { type FileStats, PACKED, unpackStats } from "../files/file-stats.ts";
import { inParts } from "../files/tree-parts.ts";
import { handle } from "../handler.ts";

type Pair = [name: string, stats: FileStats];

export default handle(ls, async ({ path, stats, recursive }, { host, signal }) => {
  const { maxResult } = host;
  const parts = await inParts((shared) =>
    host.tasks.run("list-folder", { path, shared, recursive, stats, maxResult }, { signal }),
  );
  const answer = new AnswerSize("fs.ls", path, maxResult);
  for (const { bytes } of parts) answer.add(bytes);
  const names = parts.map((part) => part.names.split("\0").slice(0, -1));
  if (!stats) return inOrder(names, byCodeUnit);
  return inOrder(
    parts.map((part, n) => (names[n] ?? []).map((name, at): Pair => [name, unpackStats(part.stats, at * PACKED)])),
    (a, b) => byCodeUnit(a[0], b[0]),
  );
});

/** One sorted list of sorted ones: for the few runs that these are, sort() compares each entry about once or twice. */
function inOrder<T>(lists: T[][], order: (a: T, b: T) => number): T[] {
  const [first = [], ...others] = lists;
  return others.length === 0 ? first : lists.flat().sort(order);
}
