import { status } from "../../../protocol/commands/cluster.ts";
import { handle } from "../../base/handler.ts";
import { clusterOf } from "../../cluster/cluster-of.ts";

export default handle(status, (_params, { host }) => clusterOf(host).status());
