import { watchContent } from "../../../protocol/commands/fs-watch.ts";
import { handle } from "../../base/handler.ts";
import { contentChanges } from "./shared/content-changes.ts";
import { lasting } from "./shared/lasting.ts";
import { isChange, ONCE } from "./shared/once.ts";
import { sentChange } from "./shared/sent-change.ts";
import { watchTree } from "./shared/shared-trees.ts";

export default handle(watchContent, async ({ paths, duration, diff }, { host, signal, events }) => {
  using time = lasting(signal, duration);
  const options = { ...ONCE, paths, signal: time.signal };
  for await (const change of diff ? contentChanges(host, options) : watchTree(host, options)) {
    if (!isChange(change)) continue;
    const { type, path, path_hex } = sentChange(change);
    const lines = "lines" in change ? { lines: change.lines } : {};
    const omitted = "omitted" in change ? { omitted: change.omitted } : {};
    await events.emit({ type, path, ...(path_hex !== undefined && { path_hex }), ...lines, ...omitted });
    return { changed: true };
  }
  signal.throwIfAborted();
  return { changed: false };
});
