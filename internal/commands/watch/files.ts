import { files } from "../../../protocol/commands/watch.ts";
import { handle } from "../../base/handler.ts";
import { lasting } from "./shared/lasting.ts";
import { sentChange } from "./shared/sent-change.ts";
import { watchTree } from "./shared/shared-trees.ts";

export default handle(files, async ({ duration, ...options }, { host, signal, events }) => {
  using time = lasting(signal, duration);
  let sent = 0;
  for await (const change of watchTree(host, { ...options, signal: time.signal })) {
    await events.emit(sentChange(change));
    sent += 1;
  }
  signal.throwIfAborted();
  return { events: sent };
});
