import { availableParallelism } from "node:os";
import { dedupe } from "../../../protocol/commands/fs-read.ts";
import { handle } from "../../base/handler.ts";
import { asAsked } from "../../files/as-asked.ts";
import { byCodeUnit } from "../../files/by-code-unit.ts";
import { inTurn } from "../../work/in-turn.ts";
import { jointly } from "../../work/report.ts";
import type { SameSize } from "./tasks/same-sizes.ts";

const MAX_THREADS = 4;

/** The largest first. */
export default handle(dedupe, async ({ path }, { host, signal, progress, asked }) => {
  const all = await host.tasks.run("same-sizes", { path }, { signal });
  const total = all.reduce((sum, { size, count }) => sum + size * count, 0);
  const report = progress && jointly((told) => progress({ ...told, total }));
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

/** Reading this many bytes takes about as long as opening a file. */
const OPENING = 20_000;
/** A thread is done with one in 15 ms. */
const ENOUGH = 2_000 * OPENING;

function dealOut(groups: readonly SameSize[]): SameSize[][] {
  const parts: SameSize[][] = [];
  let cost = ENOUGH;
  for (const group of groups) {
    if (cost >= ENOUGH) [cost] = [0, parts.push([])];
    parts.at(-1)?.push(group);
    cost += group.count * (group.size + OPENING);
  }
  return parts;
}
