import { restart } from "../../../protocol/commands/cluster.ts";
import { handle } from "../../base/handler.ts";
import { supervisorOf } from "../../cluster/supervisors.ts";

export default handle(restart, async ({ id }, { host, signal, events }) => {
  let replaced = 0;
  await supervisorOf(host).restart(id, signal, async (member) => {
    replaced++;
    const pid = member.current?.pid;
    await events.emit({ id: member.id, ...(pid !== undefined && { pid }) });
  });
  return { replaced };
});
