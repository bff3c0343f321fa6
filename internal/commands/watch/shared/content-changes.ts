import type { Host } from "../../../base/context.ts";
import type { Change } from "../../../watching/change.ts";
import { type Difference, KeptTexts } from "./kept-texts.ts";
import { type WatchOptions, watchTree } from "./shared-trees.ts";

export type ContentChange = Change & Difference;

/**
 * Changes, with the changed lines of files. Writing the same text again is not a change. The existing files are read
 * before `ready`.
 */
export async function* contentChanges(
  host: Host,
  options: Omit<WatchOptions, "initial">,
): AsyncGenerator<ContentChange> {
  const texts = new KeptTexts(host.tasks);
  let isFirst = true;
  for await (const change of watchTree(host, { ...options, initial: true })) {
    if (change.type === "ready") isFirst = false;
    if (change.type === "exists") {
      if (!change.is_dir) await texts.keep(change.path);
      if (isFirst) continue;
    }
    if (change.type === "rename") texts.move(change.from, change.path);
    if (change.type === "delete") texts.forget(change.path);
    if ((change.type !== "create" && change.type !== "modify") || change.is_dir) {
      yield change;
      continue;
    }
    const difference = await texts.difference(change.path, change.type === "create");
    const isSameText = change.type === "modify" && "lines" in difference && difference.lines.length === 0;
    if (!isSameText) yield { ...change, ...difference };
  }
}
