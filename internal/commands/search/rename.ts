import { rename } from "../../../protocol/commands/search.ts";
import { handle } from "../../base/handler.ts";
import { asAsked } from "../../files/as-asked.ts";
import { interruptible } from "../../files/interrupt.ts";
import { TimeLimit } from "./shared/time-limit.ts";

export default handle(rename, async ({ path, pattern, replacement, dryRun, timeout }, { host, signal, asked }) => {
  const args = { path, pattern, replacement, maxResult: host.maxResult };
  const renamings = await new TimeLimit("search.rename", path, timeout).keep((timeLimit) =>
    host.tasks.run("plan-renames", args, { signal, timeLimit }),
  );
  if (dryRun) {
    const named = asAsked(asked.path);
    return renamings.map(({ from, to }) => ({ old_path: named(from), new_path: named(to) }));
  }
  await interruptible(signal, (interrupt) => host.tasks.run("rename-files", { path, renamings, interrupt }));
  return renamings.length;
});
