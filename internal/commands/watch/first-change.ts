import { watch } from "../../../protocol/commands/fs-watch.ts";
import { handle } from "../../base/handler.ts";
import { lasting } from "./shared/lasting.ts";
import { isChange, ONCE } from "./shared/once.ts";
import { sentChange } from "./shared/sent-change.ts";
import { watchTree } from "./shared/shared-trees.ts";

export default handle(watch, async ({ paths, duration }, { host, signal, events }) => {
  using time = lasting(signal, duration);
  for await (const change of watchTree(host, { ...ONCE, paths, signal: time.signal })) {
    if (!isChange(change)) continue;
    const { type, path, path_hex } = sentChange(change);
    await events.emit({ type, path, ...(path_hex !== undefined && { path_hex }) });
    return { changed: true };
  }
  signal.throwIfAborted();
  return { changed: false };
});
