import { existsSync } from "node:fs";
import { join } from "node:path";
import { logs } from "../../../protocol/commands/app.ts";
import { XsysError } from "../../../protocol/errors.ts";
import { momentOf } from "../../apps/log/moment.ts";
import { readLog } from "../../apps/log/read-log.ts";
import { withKeeper } from "../../apps/with-keeper.ts";
import type { Host } from "../../base/context.ts";
import { handle } from "../../base/handler.ts";
import { keeperFolders } from "../../keeper/folders.ts";

export default handle(logs, async ({ name, since, until, ...selection }, { host, signal, events }) => {
  const folder = join(keeperFolders(host.env).logs, name);
  if (!existsSync(folder)) await refuseUnknown(host, name);
  const query = {
    ...selection,
    ...(since !== undefined && { since: momentOf(since, "since") }),
    ...(until !== undefined && { until: momentOf(until, "until") }),
  };
  let lines = 0;
  for await (const { time, clone, stream, line } of readLog({ ...query, folder, name, signal })) {
    await events.emit({ time: time / 1000, clone, stream, line });
    lines++;
  }
  return { lines };
});

/** The log of a deleted app stays, so a missing folder means that there never was one. @throws NOT_FOUND */
async function refuseUnknown(host: Host, name: string): Promise<never> {
  await withKeeper(host, (keeper) => keeper.call("keeper.status", { name }));
  throw new XsysError("NOT_FOUND", `the app ${name} has no log`);
}
