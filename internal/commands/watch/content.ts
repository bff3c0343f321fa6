import { content } from "../../../protocol/commands/watch.ts";
import { handle } from "../../base/handler.ts";
import { contentChanges } from "./shared/content-changes.ts";
import { lasting } from "./shared/lasting.ts";
import { sentChange } from "./shared/sent-change.ts";

export default handle(content, async ({ duration, ...options }, { host, signal, events }) => {
  using time = lasting(signal, duration);
  let sent = 0;
  for await (const change of contentChanges(host, { ...options, signal: time.signal })) {
    await events.emit(sentChange(change));
    sent += 1;
  }
  signal.throwIfAborted();
  return { events: sent };
});
