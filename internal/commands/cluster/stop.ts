import { stop } from "../../../protocol/commands/cluster.ts";
import { handle } from "../../base/handler.ts";
import { clusterOf } from "../../cluster/cluster-of.ts";

export default handle(stop, async ({ id }, { host }) => {
  await clusterOf(host).stopMember(id);
  return null;
});
