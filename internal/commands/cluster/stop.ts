import { stop } from "../../../protocol/commands/cluster.ts";
import { handle } from "../../base/handler.ts";
import { supervisorOf } from "../../cluster/supervisors.ts";

export default handle(stop, async ({ id }, { host }) => {
  await supervisorOf(host).stopMember(id);
  return null;
});
