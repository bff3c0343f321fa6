import { dedupe } from "../../../protocol/commands/fs-read.ts";
import { handle } from "../../base/handler.ts";
import { jsonArray } from "../../base/raw-json.ts";
import { inTurn } from "../../work/in-turn.ts";
import { jointly } from "../../work/report.ts";

const MAX_THREADS = 4;

/** The result is sorted by size, largest first. */
export default handle(dedupe, async ({ path }, { host, signal, progress, asked }) => {
  const { total, parts } = await host.tasks.run("same-sizes", { path }, { signal });
  const report = progress && jointly((update) => progress({ ...update, total }));
  const named = String(asked.path);
  const copies = await inTurn(parts, Math.min(MAX_THREADS, host.tasks.threads), (groups) =>
    host.tasks.run("find-copies", { path, named, groups }, { signal, progress: report?.() }),
  );
  progress?.({ done: total, total, unit: "bytes" });
  return jsonArray(copies);
});
