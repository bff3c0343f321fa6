import { crashes } from "../../../protocol/commands/cluster.ts";
import { handle } from "../../base/handler.ts";
import { clusterOf } from "../../cluster/cluster-of.ts";

export default handle(crashes, ({ limit }, { host }) => clusterOf(host).crashes().slice(0, limit));
