import { availableParallelism } from "node:os";
import { dedupe } from "../../../protocol/commands/fs-read.ts";
import { handle } from "../../base/handler.ts";
import { asAsked } from "../../files/as-asked.ts";
import { byCodeUnit } from "../../files/by-code-unit.ts";
import { inTurn } from "../../work/in-turn.ts";
import { jointly } from "../../work/report.ts";
import type { SameSize } from "./tasks/same-sizes.ts";

const MAX_THREADS = 4;

/** The result is sorted by size, largest first. */
export default handle(dedupe, async ({ path }, { host, signal, progress, asked }) => {
  const all = await host.tasks.run("same-sizes", { path }, { signal });
  const total = all.reduce((sum, { size, count }) => sum + size * count, 0);
  const report = progress && jointly((update) => progress({ ...update, total }));
  const copies = await inTurn(dealOut(all), Math.min(MAX_THREADS, availableParallelism()), (groups) =>
    host.tasks.run("find-copies", { path, groups }, { signal, progress: report?.() }),
  );
  progress?.({ done: total, total, unit: "bytes" });
  const named = asAsked(asked.path);
  return copies
    .flat()
    .sort((a, b) => b.size - a.size || byCodeUnit(a.relatives[0] ?? "", b.relatives[0] ?? ""))
    .map(({ hash, relatives, size }) => ({ hash, paths: relatives.map(named), size }));
});

/** Cost of opening a file, in bytes: reading this many takes about as long. */
const OPEN_COST = 20_000;
/** Cost of one part of the work, in bytes: about 15 ms of one thread. */
const PART_COST = 2_000 * OPEN_COST;

function dealOut(groups: readonly SameSize[]): SameSize[][] {
  const parts: SameSize[][] = [];
  let cost = PART_COST;
  for (const group of groups) {
    if (cost >= PART_COST) [cost] = [0, parts.push([])];
    parts.at(-1)?.push(group);
    cost += group.count * (group.size + OPEN_COST);
  }
  return parts;
}
