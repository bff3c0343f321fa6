import { crashes } from "../../../protocol/commands/cluster.ts";
import { handle } from "../../base/handler.ts";
import { supervisorOf } from "../../cluster/supervisors.ts";

export default handle(crashes, ({ limit }, { host }) => supervisorOf(host).crashes().slice(0, limit));
