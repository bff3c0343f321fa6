import { restart } from "../../../protocol/commands/cluster.ts";
import { handle } from "../../base/handler.ts";
import { clusterOf } from "../../cluster/cluster-of.ts";

export default handle(restart, async ({ id }, { host, signal, events }) => {
  let replaced = 0;
  await clusterOf(host).restart(id, signal, async (member) => {
    replaced++;
    const pid = member.current?.pid;
    await events.emit({ id: member.id, ...(pid !== undefined && { pid }) });
  });
  return { replaced };
});
